import { createModel, loadBackbone, tokenClassification, train } from '@ptl/core';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { expect, it } from 'vitest';
import { useTestEngine } from '../use-test-engine.ts';

const words = [
  'the',
  'train',
  'to',
  'the',
  'market',
  'leaves',
  'at',
  'ten',
  'and',
  'comes',
  'back',
];
const rows = Array.from({ length: 24 }, (_, row) => {
  const tokens = words.slice(row % 4, 5 + ((row * 5) % 7));
  return { tokens, tags: tokens.map((token) => (token === 'market' ? 'PLACE' : 'O')) as Tag[] };
});
type Tag = 'O' | 'PLACE';

function largestDifference(one: readonly (number | null)[], other: readonly (number | null)[]) {
  return Math.max(...one.map((value, place) => Math.abs((value ?? 0) - (other[place] ?? 0))));
}

/** Real widths, for which engines cut products into blocks by their numbers of rows. */
it.for(['tensorflow', 'wasm'] as const)(
  'training on remembered states gives what training on all layers gives, on %s',
  { timeout: 120_000 },
  async (engine, context) => {
    await useTestEngine(engine, context);
    using backbone = await loadBackbone();
    const config = {
      promptLength: 4,
      layers: { last: 2 },
      dropout: 0,
      frozenDropout: false,
    } as const;
    const trained = async (cache: 'auto' | 'off') => {
      const task = tokenClassification({ labels: ['O', 'PLACE'] });
      using model = createModel({ backbone, method: pTuningV2, config, task, seed: 1 });
      const { history } = await train(model, {
        train: rows,
        validation: rows.slice(0, 5),
        epochs: 3,
        batchSize: 8,
        progress: 'none',
        cache,
      });
      const losses = history.flatMap(({ trainLoss, validationLoss }) => [
        trainLoss,
        validationLoss,
      ]);
      const values = [...model.trainableVariables.values()].map((variable) => variable.data());
      return { losses, values: (await Promise.all(values)).flatMap((data) => [...data]) };
    };
    const [off, auto] = [await trained('off'), await trained('auto')];
    expect(off.losses).toHaveLength(6);
    expect(largestDifference(auto.losses, off.losses)).toBeLessThan(1e-6);
    // AdamW divides by the gradient's size, so that rounding shows most where that is nearly 0.
    expect(largestDifference(auto.values, off.values)).toBeLessThan(1e-4);
  },
);
