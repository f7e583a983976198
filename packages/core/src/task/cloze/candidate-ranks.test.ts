import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RankedRow, rankCandidates, readRanks } from './candidate-ranks.ts';

type Case = readonly [scores: number[], target: number][];

/** Rows of equal length with few values, so that many are equal, and targets or none. */
const cases = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }))
  .chain(
    ([batch, size]): fc.Arbitrary<Case> =>
      fc.array(
        fc.tuple(
          fc.array(fc.integer({ min: -2, max: 2 }), { minLength: size, maxLength: size }),
          fc.integer({ min: -1, max: size - 1 }),
        ),
        { minLength: batch, maxLength: batch },
      ),
  );

function ranked(given: Case, top: number): RankedRow[] {
  const targets = Int32Array.from(given, ([, target]) => target);
  const logits = given.map(([scores]) => scores);
  const kept = tf.tidy(() => rankCandidates(tf.tensor2d(logits), targets, top));
  const [, width] = kept.shape;
  const values = kept.dataSync<'float32'>();
  kept.dispose();
  return given.map(([, target], row) =>
    readRanks(values.subarray(row * width, (row + 1) * width), target >= 0),
  );
}

function sorted(given: Case, top: number): RankedRow[] {
  return given.map(([scores, target]) => {
    const list = scores
      .map((logProbability, place) => ({ place, logProbability }))
      .sort((one, other) => other.logProbability - one.logProbability);
    const rank = target < 0 ? null : 1 + list.findIndex(({ place }) => place === target);
    return { rank, logProbability: scores[target] ?? null, top: list.slice(0, top) };
  });
}

describe.each(['cpu', 'wasm'])('ranks of candidates on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it('are places in the sorted list, of equal ones the first first', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 10 }), (given, top) => {
        expect(ranked(given, top)).toEqual(sorted(given, top));
      }),
      { numRuns: 60 },
    );
  });
});
