import { createModel, type TunedModel, train, verbalizedClassification } from '@ptl/core';
import { useEngine } from '@ptl/node';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import { beforeAll, describe, expect, it } from 'vitest';
import { isDecoder, loadLanguageModel } from '../../../packages/core/src/task/verbalized-case.ts';

type Backbone = Awaited<ReturnType<typeof loadLanguageModel>>;

const rows = [
  { text: 'Great sound!', label: 'good' },
  { text: 'The battery lasts two days.', label: 'good' },
  { text: 'Poor microphone.', label: 'bad' },
  { text: 'Would not buy again, the screen is dim.', label: 'bad' },
] as const;
const options = {
  labels: ['good', 'bad'],
  words: { good: 'great', bad: ['poor', 'dim'] },
} as const;

beforeAll(async () => {
  await useEngine({ engine: 'wasm', onMessage: () => undefined });
});
const timeout = 60_000;

const manual = (name: string): string =>
  isDecoder(name) ? '{text} It was {mask}' : '{text} It was {mask}.';

const settings = {
  train: rows,
  maxSteps: 40,
  batchSize: 4,
  learningRate: 0.02,
  progress: 'none',
} as const;

async function lossOf(model: TunedModel<(typeof rows)[number]>): Promise<number> {
  return (await model.evaluate(rows)).loss;
}

const methods = {
  prefix: (backbone: Backbone, name: string) =>
    createModel({
      backbone,
      method: prefix,
      config: { prefixLength: 4 },
      task: verbalizedClassification({ ...options, template: manual(name) }),
    }),
  'P-tuning v2': (backbone: Backbone, name: string) =>
    createModel({
      backbone,
      method: pTuningV2,
      config: { promptLength: 4, dropout: 0, frozenDropout: false },
      task: verbalizedClassification({ ...options, template: manual(name) }),
    }),
  'prompt tuning': (backbone: Backbone, name: string) =>
    createModel({
      backbone,
      method: promptTuning,
      config: { promptLength: 4 },
      task: verbalizedClassification({ ...options, template: manual(name) }),
    }),
  'P-tuning': (backbone: Backbone, name: string) =>
    createModel({
      backbone,
      method: pTuning,
      config: { template: `{prompt:2} ${manual(name).replace('It was', '{prompt:2} It was')}` },
      task: verbalizedClassification(options),
    }),
};

describe.each(['roberta', 'gpt2'])('words at a mask of %s', (name) => {
  it.each(Object.entries(methods))(
    'are learnt by %s, the backbone left alone',
    { timeout },
    async (_, create) => {
      using backbone = await loadLanguageModel(name);
      const before = backbone.parameters.map((part) =>
        backbone.weight(part.name).dataSync().slice(),
      );
      using model = create(backbone, name);
      const first = await lossOf(model);
      await train(model, settings);
      expect(await lossOf(model)).toBeLessThan(0.8 * first);
      const after = backbone.parameters.map((part) => backbone.weight(part.name).dataSync());
      expect(after).toEqual(before);
    },
  );

  it('are what a manual prompt gives where soft words have not been trained yet', {
    timeout,
  }, async () => {
    using backbone = await loadLanguageModel(name);
    using plain = createModel({
      backbone,
      task: verbalizedClassification({ ...options, template: manual(name) }),
    });
    using soft = createModel({
      backbone,
      method: pTuning,
      config: { template: manual(name).replace('It was', '{soft:It was}') },
      task: verbalizedClassification(options),
    });
    const [one, other] = [await plain.logits(rows), await soft.logits(rows)];
    for (const [row, { values }] of one.entries()) {
      for (const [label, value] of values.entries()) {
        expect(other[row]?.values[label]).toBeCloseTo(value, 5);
      }
    }
  });
});

describe('soft words', () => {
  it.each(['roberta', 'gpt2'])(
    'of %s are trained without a prompt, with remembered hidden states as without',
    { timeout },
    async (name) => {
      using backbone = await loadLanguageModel(name);
      const create = () =>
        createModel({
          backbone,
          task: verbalizedClassification({
            ...options,
            template: manual(name),
            verbalizer: 'soft',
          }),
        });
      using one = create();
      using other = create();
      const first = await lossOf(one);
      await train(one, { ...settings, cache: 'auto' });
      await train(other, { ...settings, cache: 'off' });
      expect(await lossOf(one)).toBeLessThan(0.8 * first);
      expect(await lossOf(other)).toBeCloseTo(await lossOf(one), 5);
    },
  );
});
