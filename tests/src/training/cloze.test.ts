import { cloze, createModel, train } from '@ptl/core';
import { useEngine } from '@ptl/node';
import { pTuning } from '@ptl/p-tuning';
import { beforeAll, describe, expect, it } from 'vitest';
import { isDecoder, loadLanguageModel } from '../../../packages/core/src/task/verbalized-case.ts';

const candidates = ['the', 'to', 'and', 'a'] as const;
const rows = [
  { text: 'The battery', object: 'the' },
  { text: 'Water', object: 'and' },
  { text: 'No bread', object: 'a' },
  { text: 'The last train', object: 'to' },
];

beforeAll(async () => {
  await useEngine({ engine: 'wasm', onMessage: () => undefined });
});

/** Three groups of three, as Liu et al. put them around subject and object. */
const template = (name: string): string =>
  isDecoder(name)
    ? '{prompt:3} {text} {prompt:3} is {mask}'
    : '{prompt:3} is {mask} {prompt:3} {text} {prompt:3}';

describe.each(['roberta', 'gpt2'])('facts asked of %s', (name) => {
  it.each(['vocabulary', 'candidates'] as const)(
    'are learnt by P-tuning, by the loss among the %s',
    { timeout: 60_000 },
    async (loss) => {
      using backbone = await loadLanguageModel(name);
      const before = backbone.parameters.map((one) => backbone.weight(one.name).dataSync().slice());
      const task = cloze({ candidates, loss });
      const config = { template: template(name) };
      using model = createModel({ backbone, method: pTuning, config, task, seed: 1 });
      const first = await model.evaluate(rows);
      await train(model, {
        train: rows,
        maxSteps: 25,
        batchSize: 4,
        learningRate: 0.03,
        progress: 'none',
      });
      const last = await model.evaluate(rows);
      expect(last.loss).toBeLessThan(0.8 * first.loss);
      const ratio =
        (last.scores['meanReciprocalRank'] ?? 0) / (first.scores['meanReciprocalRank'] ?? 1);
      expect(ratio).toBeGreaterThan(1);
      const after = backbone.parameters.map((one) => backbone.weight(one.name).dataSync());
      expect(after).toEqual(before);
    },
  );
});
