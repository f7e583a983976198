import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../contract/batch.ts';
import { tokenClassification } from '../token-classification.ts';
import { bestPath } from './best-path.ts';
import { createCrfReadout } from './crf-readout.ts';
import { tagConstraints } from './tag-constraints.ts';

interface CrfCase {
  readonly name: string;
  readonly shape: [number, number, number];
  readonly tags: readonly number[][];
  readonly emissions: readonly number[];
  readonly transitions: readonly number[];
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly tokenMean: number;
  readonly best: readonly number[][];
}

// Written by fixtures/make_crf.py.
const cases: readonly CrfCase[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/crf.json', import.meta.url), 'utf8'),
);
const batch = {} as Batch; // No readout looks at it.

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A row whose words have two tokens each, behind a token that starts it. */
function rowOf(words: number) {
  const inputIds = Array<number>(1 + 2 * words).fill(1);
  const wordStarts = Array.from({ length: words }, (_, word) => 1 + 2 * word);
  return { inputIds, tokenTypeIds: inputIds, slots: [], truncatedTokens: 0, wordStarts };
}

/** The logits a head gives for such rows; tokens that start no word have scores that would mislead. */
function logitsOf({ shape, emissions, transitions, start, end }: CrfCase): tf.Tensor3D {
  const [words, rows, labels] = shape;
  const all = Array.from({ length: rows }, (_, row) => {
    const tokens = Array.from({ length: 1 + 2 * words }, (_, token) => {
      const first = ((token - 1) / 2) * rows * labels + row * labels;
      return token % 2 === 1
        ? emissions.slice(first, first + labels)
        : Array.from({ length: labels }, (_, label) => 50 * label);
    });
    const from = Array.from({ length: labels }, (_, label) =>
      transitions.slice(label * labels, (label + 1) * labels),
    );
    return [...tokens, ...from, [...start], [...end]];
  });
  return tf.tensor3d(all as number[][][]); // Slices of numbers.
}

describe.each(cases)('a CRF over $name', (stored) => {
  const [, , labels] = stored.shape;
  const readout = createCrfReadout(labels, null);
  const examples = stored.tags.map((target) => ({ row: rowOf(target.length), target }));

  it('has the loss per word of pytorch-crf, from the first tokens of words alone', () => {
    const { sum, count } = readout.loss(logitsOf(stored), examples);
    expect(count).toBe(stored.tags.flat().length);
    expect((sum.dataSync()[0] ?? 0) / count).toBeCloseTo(stored.tokenMean, 5);
  });

  it('finds the tags that pytorch-crf finds', () => {
    const logits = logitsOf(stored);
    const size = logits.shape[1] * labels;
    const values = logits.dataSync<'float32'>();
    const found = examples.map(({ row }, place) =>
      readout.decode(
        values.subarray(place * size, (place + 1) * size),
        logits.shape[1],
        row.wordStarts,
      ),
    );
    expect(found).toEqual(stored.best);
  });
});

describe('tokenClassification with a CRF', () => {
  const labels = ['O', 'B-X', 'I-X'];
  const flat = { transitions: Array(9).fill(0), start: [0, 0, 0], end: [0, 0, 0] };
  const empty = { name: '', tags: [], tokenMean: 0, best: [] };
  const predict = (options: object, changes: Partial<CrfCase>, wordStarts: number[]) => {
    const stored = { ...empty, ...flat, shape: [3, 1, 3], ...changes } as CrfCase; // Filled up.
    const logits = logitsOf(stored);
    const task = tokenClassification({ labels, crf: true, ...options });
    const example = { row: { ...rowOf(3), wordStarts }, target: [] };
    return task.decode(logits.dataSync<'float32'>(), logits.shape, [example])[0]?.tags;
  };
  // O, then a strong I-X, then O.
  const emissions = [2, 1, 0, 0, 0, 3, 1, 0, 0];

  it('follows the scores that were learnt', () => {
    expect(predict({}, { emissions }, [1, 3, 5])).toEqual(['O', 'I-X', 'O']);
    const transitions = [0, 0, -9, 0, 0, 0, 0, 0, 0];
    expect(predict({}, { emissions, transitions }, [1, 3, 5])).toEqual(['B-X', 'I-X', 'O']);
    expect(predict({}, { emissions, start: [0, 0, 3] }, [1, 3, 5])).toEqual(['I-X', 'I-X', 'O']);
    expect(predict({}, { emissions, end: [0, 0, 3] }, [1, 3, 5])).toEqual(['O', 'I-X', 'I-X']);
  });

  it('leaves out what the scheme cannot spell, where it is asked to', () => {
    const transitions = [0, 0, 9, 0, 0, 0, 0, 0, 0];
    const constrained = { decoding: 'constrained' };
    expect(predict({}, { emissions, transitions }, [1, 3, 5])).toEqual(['O', 'I-X', 'O']);
    expect(predict(constrained, { emissions, transitions }, [1, 3, 5])).toEqual([
      'B-X',
      'I-X',
      'O',
    ]);
  });

  it('skips words without a token, which are outside', () => {
    const transitions = [0, 0, -9, 0, 0, 0, 0, 0, 0];
    expect(predict({}, { emissions, transitions }, [1, -1, 3])).toEqual(['B-X', 'O', 'I-X']);
    const constrained = { decoding: 'constrained' };
    expect(predict(constrained, { emissions, transitions }, [1, -1, 3])).toEqual(['O', 'O', 'O']);
    expect(predict({}, { emissions }, [-1, -1, -1])).toEqual(['O', 'O', 'O']);
  });

  it('leaves them out of the loss, too', () => {
    const task = tokenClassification({ labels, crf: true });
    const transitions = [0, 1, -2, 3, 0, 1, 2, 0, -1];
    const stored = { ...empty, ...flat, shape: [3, 1, 3], emissions, transitions } as CrfCase; // Filled up.
    const lossOf = (wordStarts: number[], target: number[]) =>
      task.loss(logitsOf(stored), [{ row: { ...rowOf(3), wordStarts }, target }], batch);
    const [whole, gapped] = [lossOf([1, 5], [1, 0]), lossOf([1, -1, 5, -1], [1, 2, 0, 1])];
    expect([gapped.count, gapped.sum.dataSync()]).toEqual([2, whole.sum.dataSync()]);
  });

  it('has no loss, but a gradient, for rows without a word', () => {
    const task = tokenClassification({ labels, crf: true });
    const examples = [{ row: rowOf(0), target: [] }];
    const gradient = tf.grad((x) => task.loss(x, examples, batch).sum)(tf.ones([1, 6, 3]));
    expect(Math.max(...gradient.dataSync())).toBe(0);
  });

  it('is kept with the options', () => {
    const { options } = tokenClassification({ labels, crf: true, decoding: 'constrained' });
    expect(options).toEqual({ labels, crf: true, decoding: 'constrained' });
  });

  it.each([
    [{ decoding: 'independent' }, /decoding: A CRF decodes whole sentences/],
    [{ labelWeights: { O: 2 } }, /labelWeights: A CRF has a loss for each sentence/],
    [{ labelSmoothing: 0.1 }, /labelSmoothing: A CRF has a loss for each sentence/],
    [{ decoding: 'constrained', labels: ['NOUN', 'VERB'] }, /decoding: .*O, B- and I-/],
  ])('refuses %j beside it', (options, message) => {
    const given: object = options;
    expect(() => tokenClassification({ labels, crf: true, ...given })).toThrow(message);
  });
});

describe('bestPath', () => {
  it('gives each word its best label where nothing else has a score', () => {
    const none = [0, 0, 0];
    const flat = { start: none, end: none, into: [none, none, none] };
    const word = fc.option(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const path = bestPath(words, { adjacent: flat, gapped: flat });
        for (const [place, scores] of words.entries()) {
          const best = scores && Math.max(...scores);
          expect(scores?.[path[place] ?? -1] ?? null).toBe(best);
        }
      }),
      { seed: 2 },
    );
  });

  it('lets no entity reach over a word without a token', () => {
    const constraints = tagConstraints(['O', 'B-X', 'I-X', 'E-X', 'S-X'], 'IOBES');
    const [opens, closes] = [
      [0, 9, 0, 0, 1],
      [0, 0, 0, 9, 1],
    ];
    expect(bestPath([opens, closes], constraints)).toEqual([1, 3]);
    expect(bestPath([opens, null, closes], constraints)).toEqual([4, null, 4]);
    expect(bestPath([null, closes], constraints)).toEqual([null, 4]);
    expect(bestPath([opens, null], constraints)).toEqual([4, null]);
  });
});
