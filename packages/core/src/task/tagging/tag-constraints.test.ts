import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strictEntities } from '../metrics/strict-entities.ts';
import type { TaggingScheme } from '../metrics/tagging-scheme.ts';
import { tokenClassification } from '../token-classification.ts';
import { bestPath } from './best-path.ts';
import { tagConstraints } from './tag-constraints.ts';

const schemes: Readonly<Partial<Record<TaggingScheme, readonly string[]>>> = {
  IO: ['O', 'I-X', 'I-Y'],
  IOB2: ['O', 'B-X', 'I-X', 'B-Y', 'I-Y'],
  IOE2: ['O', 'I-X', 'E-X', 'I-Y', 'E-Y'],
  IOBES: ['O', 'B-X', 'I-X', 'E-X', 'S-X', 'B-Y', 'E-Y'],
  BILOU: ['O', 'B-X', 'I-X', 'L-X', 'U-X', 'B-Y', 'L-Y'],
};

function* sequences(labels: number, words: number): Generator<number[]> {
  if (words === 0) yield [];
  else
    for (const rest of sequences(labels, words - 1))
      for (let label = 0; label < labels; label++) yield [...rest, label];
}

/** Whether seqeval's strict reading finds each tag in an entity, as far as it is no `O`. */
function isSpelt(tags: readonly string[], scheme: TaggingScheme): boolean {
  const entities = strictEntities(tags, scheme, 0);
  const covered = entities.reduce((sum, { start, end }) => sum + end - start, 0);
  return covered === tags.filter((tag) => tag !== 'O').length;
}

describe.each(Object.entries(schemes))('constrained decoding of %s', (name, labels) => {
  const scheme = name as TaggingScheme; // A key of the record.

  it('finds the best of all tags that the scheme spells', () => {
    const constraints = tagConstraints(labels, scheme);
    const score = fc.double({ min: -4, max: 4, noNaN: true });
    const word = fc.array(score, { minLength: labels.length, maxLength: labels.length });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), (scores) => {
        const sumOf = (path: readonly number[]): number =>
          path.reduce((sum, label, place) => sum + (scores[place]?.[label] ?? Number.NaN), 0);
        const spelt = [...sequences(labels.length, scores.length)].filter((path) =>
          isSpelt(
            path.map((label) => labels[label] ?? ''),
            scheme,
          ),
        );
        const path = bestPath(scores, constraints).map((label) => label ?? -1);
        expect(
          isSpelt(
            path.map((label) => labels[label] ?? ''),
            scheme,
          ),
        ).toBe(true);
        expect(sumOf(path)).toBeCloseTo(Math.max(...spelt.map(sumOf)), 9);
      }),
      { seed: 5, numRuns: 40 },
    );
  });
});

describe('tokenClassification with constrained decoding', () => {
  const labels = ['O', 'B-X', 'I-X'];
  const row = { inputIds: [1, 1, 1], tokenTypeIds: [0, 0, 0], slots: [], truncatedTokens: 0 };
  const logits = Float32Array.of(2, 1, 0, 0, 0, 3, 1, 0, 0);
  const tagsOf = (decoding: 'independent' | 'constrained', wordStarts: number[]) =>
    tokenClassification({ labels, decoding }).decode(
      logits,
      [1, 3, 3],
      [{ row: { ...row, wordStarts }, target: [] }],
    )[0]?.tags;

  it('gives no tag that does not follow from the one before', () => {
    expect(tagsOf('independent', [0, 1, 2])).toEqual(['O', 'I-X', 'O']);
    expect(tagsOf('constrained', [0, 1, 2])).toEqual(['B-X', 'I-X', 'O']);
  });

  it('takes a word without a token as outside', () => {
    expect(tagsOf('independent', [0, -1, 1])).toEqual(['O', 'O', 'I-X']);
    expect(tagsOf('constrained', [0, -1, 1])).toEqual(['O', 'O', 'O']);
  });

  it('is kept with the options', () => {
    const { options } = tokenClassification({ labels, decoding: 'constrained' });
    expect(options).toEqual({ labels, decoding: 'constrained' });
  });

  it.each([[['O', 'PER', 'LOC']], [['B-X', 'I-X']]])('is refused for the labels %j', (wrong) => {
    const create = () => tokenClassification({ labels: wrong, decoding: 'constrained' });
    expect(create).toThrow(/decoding: .*O, B- and I-/);
  });
});
