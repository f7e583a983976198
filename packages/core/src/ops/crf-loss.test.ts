import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../testing/all-close.ts';
import { centralDifferences } from '../testing/central-differences.ts';
import { crfLoss } from './crf-loss.ts';

type Name = 'emissions' | 'transitions' | 'start' | 'end';

interface CrfCase extends Readonly<Record<Name, readonly number[]>> {
  readonly name: string;
  readonly shape: [number, number, number];
  readonly tags: readonly number[][];
  readonly sum: number;
  readonly gradients: Readonly<Record<Name, readonly number[]>>;
}

// Written by fixtures/make_crf.py.
const cases: readonly CrfCase[] = JSON.parse(
  readFileSync(new URL('../../fixtures/crf.json', import.meta.url), 'utf8'),
);

expect.extend({ toBeAllClose });

function scoresOf({ shape, emissions, transitions, start, end }: Omit<CrfCase, 'gradients'>) {
  const [, , labels] = shape;
  return {
    emissions: tf.tensor3d([...emissions], shape),
    transitions: tf.tensor2d([...transitions], [labels, labels]),
    start: tf.tensor1d([...start]),
    end: tf.tensor1d([...end]),
  };
}

type Scores = ReturnType<typeof scoresOf>;

/** The loss as a function of one kind of score. */
function lossOf(scores: Scores, name: Name, tags: readonly number[][]) {
  return (changed: tf.Tensor): tf.Scalar => crfLoss({ ...scores, [name]: changed }, tags);
}

const names: readonly Name[] = ['emissions', 'transitions', 'start', 'end'];

function randomCase(shape: [number, number, number], scale: number): CrfCase {
  const [words, batch, labels] = shape;
  const draw = (size: number, seed: number): number[] =>
    Array.from(tf.randomNormal([size], 0, scale, 'float32', seed).dataSync());
  return {
    name: 'drawn',
    shape,
    tags: Array.from({ length: batch }, (_, row) =>
      Array.from({ length: Math.max(0, words - row) }, (_, word) => (word * 2 + row) % labels),
    ),
    emissions: draw(words * batch * labels, 1),
    transitions: draw(labels * labels, 2),
    start: draw(labels, 3),
    end: draw(labels, 4),
    sum: Number.NaN,
    gradients: { emissions: [], transitions: [], start: [], end: [] },
  };
}

/** `-Σ log p` by listing all paths of each row, in double precision. */
function listed({ shape, tags, ...scores }: CrfCase): number {
  const [, batch, labels] = shape;
  const scoreOf = (row: number, path: readonly number[]): number =>
    path.reduce((sum, tag, word) => {
      const before = path[word - 1];
      const into =
        before === undefined ? scores.start[tag] : scores.transitions[before * labels + tag];
      const behind = word === path.length - 1 ? scores.end[tag] : 0;
      const own = scores.emissions[(word * batch + row) * labels + tag];
      return sum + (into ?? 0) + (own ?? 0) + (behind ?? 0);
    }, 0);
  return tags.reduce((sum, path, row) => {
    const all = path.reduce<number[][]>(
      (paths) => paths.flatMap((one) => Array.from({ length: labels }, (_, tag) => [...one, tag])),
      [[]],
    );
    const total = all.reduce((part, one) => part + Math.exp(scoreOf(row, one)), 0);
    return sum + Math.log(total) - scoreOf(row, path);
  }, 0);
}

describe.each(['cpu', 'wasm'])('crfLoss on %s', (engine) => {
  beforeAll(async () => {
    expect(await tf.setBackend(engine)).toBe(true);
  });

  it.each(cases)('gives the sum and the gradients of pytorch-crf for $name', (stored) => {
    const scores = scoresOf(stored);
    expect(crfLoss(scores, stored.tags).dataSync()).toBeAllClose([stored.sum], { relative: 1e-6 });
    for (const name of names) {
      const gradient = tf.grad(lossOf(scores, name, stored.tags))(scores[name]);
      expect(gradient.dataSync()).toBeAllClose(stored.gradients[name], { absolute: 3e-6 });
    }
  });

  it('is what listing all paths gives, for rows of five words down to none', () => {
    const drawn = randomCase([5, 6, 3], 1);
    expect(drawn.tags.map(({ length }) => length)).toEqual([5, 4, 3, 2, 1, 0]);
    const { data } = { data: crfLoss(scoresOf(drawn), drawn.tags).dataSync() };
    expect(data).toBeAllClose([listed(drawn)], { relative: 1e-6 });
  });

  it('has the gradient of central differences', () => {
    const drawn = randomCase([3, 2, 3], 0.5);
    const scores = scoresOf(drawn);
    for (const name of names) {
      const loss = (x: tf.Tensor): tf.Scalar => tf.mul(lossOf(scores, name, drawn.tags)(x), 0.3);
      const expected = centralDifferences(loss, scores[name] as tf.Tensor);
      const tolerance = { relative: 0, absolute: 1e-3 };
      expect(tf.grad(loss)(scores[name]).dataSync()).toBeAllClose(expected, tolerance);
    }
  });

  it('is finite, with its gradient, for scores that are hundreds apart', () => {
    const drawn = randomCase([6, 4, 5], 200);
    const scores = scoresOf(drawn);
    const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => {
      const [emissions, transitions, start, end] = all as Scores[Name][];
      return crfLoss({ emissions, transitions, start, end } as Scores, drawn.tags);
    })(names.map((name) => scores[name]));
    const numbers = [value, ...grads].flatMap((tensor) => Array.from(tensor.dataSync()));
    expect(numbers.filter((number) => !Number.isFinite(number))).toEqual([]);
    // Sentences add up to no more than one of each label, less the tag's own.
    expect(Math.max(...numbers.slice(1).map(Math.abs))).toBeLessThan(6 * 4 + 1);
  });

  it('keeps no tensor but its results', () => {
    const drawn = randomCase([4, 2, 3], 1);
    const scores = scoresOf(drawn);
    const before = tf.memory().numTensors;
    const gradient = tf.tidy(() =>
      tf.grad(lossOf(scores, 'emissions', drawn.tags))(scores.emissions),
    );
    expect(tf.memory().numTensors).toBe(before + 1);
    gradient.dispose();
  });
});

describe('crfLoss', () => {
  it('takes a number of kernels that grows by six a word, and not with the batch', async () => {
    await tf.setBackend('cpu');
    const count = async (shape: [number, number, number]): Promise<number> => {
      const { shape: _, ...drawn } = randomCase(shape, 1);
      const scores = scoresOf({ ...drawn, shape });
      const { kernels } = await tf.profile(() =>
        tf.grad(lossOf(scores, 'emissions', drawn.tags))(scores.emissions),
      );
      return kernels.length;
    };
    const [short, long, wide] = [
      await count([5, 2, 3]),
      await count([15, 2, 3]),
      await count([15, 9, 3]),
    ];
    expect(wide).toBe(long);
    expect(long - short).toBeLessThanOrEqual(6 * 10);
  });

  it.each([
    [[[0, 1]], 'each of 2 rows. Got 1'],
    [[[0, 3], []], 'Tag 3 of row 0 is not one of 3 labels'],
    [[[0], [0, 1, 2]], 'Row 1 has 3 tags for 2 words'],
  ])('refuses the tags %j', (tags, message) => {
    const scores = scoresOf(randomCase([2, 2, 3], 1));
    expect(() => crfLoss(scores, tags)).toThrow(message);
  });
});
