import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exactClaims } from './exact-claims.ts';
import { largestDifference } from './largest-difference.ts';
import { weightsHash } from './weights-hash.ts';

let backbone: ReturnType<typeof createTinyBackbone>;

beforeAll(async () => {
  backbone = createTinyBackbone();
  // The first use keeps what all later ones share.
  const [claim] = exactClaims;
  await claim?.check(backbone);
}, 30_000);

afterAll(() => backbone[Symbol.dispose]());

it.each(exactClaims.map((claim) => [claim.id, claim] as const))(
  'finds that %s holds on a backbone of two layers, and leaves no tensor',
  async (_id, claim) => {
    const before = tf.memory().numTensors;
    expect(await claim.check(backbone)).toMatchObject({ holds: true });
    expect(tf.memory().numTensors).toBe(before);
  },
  30_000,
);

it('hashes every weight: the same weights alike, and a changed one not', async () => {
  const before = await weightsHash(backbone);
  expect(await weightsHash(backbone)).toBe(before);
  const last = backbone.parameters.at(-1)?.name ?? '';
  const moved = tf.add(backbone.weight(last), 1e-6);
  const changed = {
    parameters: backbone.parameters,
    weight: (name: string) => (name === last ? moved : backbone.weight(name)),
  };
  expect(await weightsHash(changed)).not.toBe(before);
  moved.dispose();
});

it('takes lists of different lengths for infinitely far apart', () => {
  expect(largestDifference([1, 2], [1, 2.5])).toBe(0.5);
  expect(largestDifference([1, 2], [1])).toBe(Number.POSITIVE_INFINITY);
});
