import {
  causalLanguageModeling,
  createModel,
  multipleChoice,
  type Preset,
  questionAnswering,
  sequenceClassification,
  sequenceToSequence,
  type TunedModel,
  tokenClassification,
  train,
  verbalizedClassification,
} from '@ptl/core';
import { createTinyBackbone, createTinyEncoderDecoder } from '@ptl/core/testing';
import { pTuning, pTuningPresets } from '@ptl/p-tuning';
import { pTuningV2, pTuningV2Presets } from '@ptl/p-tuning-v2';
import { prefix, prefixPresets } from '@ptl/prefix';
import { promptTuning, promptTuningPresets } from '@ptl/prompt-tuning';
import { expect, it } from 'vitest';
import { loadSeq2Seq } from '../../../packages/core/src/backbone/seq2seq-case.ts';
import { loadLanguageModel } from '../../../packages/core/src/task/verbalized-case.ts';

const texts = [
  { text: 'a good film', label: 'good' },
  { text: 'a bad film', label: 'bad' },
];
const classes = sequenceClassification({ labels: ['good', 'bad'] });
const targets = [{ text: 'the film', target: 'good' }];
// The tiny backbone has fewer positions than some prompts.
const positionOffset = 'none';

/** Trains one step as a preset says; returns the largest change of a value, in units of the rate. */
async function stepOf<Row, Prediction>(
  model: TunedModel<Row, Prediction>,
  rows: readonly Row[],
  { training }: Preset<unknown>,
): Promise<number> {
  const prompts = [...model.trainableVariables].filter(([name]) => name.startsWith('tuner/'));
  const before = prompts.map(([, variable]) => variable.dataSync().slice());
  const options = { ...training, train: rows, maxSteps: 1, progress: 'none' } as const;
  expect((await train(model, options)).steps).toBe(1);
  const changes = prompts.flatMap(([, variable], index) =>
    [...variable.dataSync()].map((value, place) => Math.abs(value - (before[index]?.[place] ?? 0))),
  );
  const largest = changes.reduce((left, right) => Math.max(left, right));
  return largest / (training.learningRate ?? 0);
}

it('P-tuning v2 has a preset for classes', async () => {
  const preset = pTuningV2Presets['sequence-classification'];
  using backbone = createTinyBackbone();
  using model = createModel({ backbone, method: pTuningV2, config: preset.config, task: classes });
  expect(model.parameters.trainable).toBe(20 * 32 + 18);
  expect(await stepOf(model, texts, preset)).toBeCloseTo(1, 2);
});

it('P-tuning v2 has a longer one for tags', async () => {
  const { config, ...preset } = pTuningV2Presets['token-classification'];
  using backbone = createTinyBackbone();
  const task = tokenClassification({ labels: ['O', 'B-time'] });
  using model = createModel({ backbone, method: pTuningV2, config, task, positionOffset });
  expect(model.parameters.trainable).toBe(128 * 32 + 18);
  const rows = [{ tokens: ['a', 'film'], tags: ['O', 'B-time'] } as const];
  expect(await stepOf(model, rows, { config, ...preset })).toBeCloseTo(1, 2);
});

it('P-tuning v2 has one for answers', async () => {
  const preset = pTuningV2Presets['question-answering'];
  using backbone = createTinyBackbone();
  const task = questionAnswering();
  using model = createModel({ backbone, method: pTuningV2, config: preset.config, task });
  expect(model.parameters.trainable).toBe(16 * 32 + 18);
  const rows = [
    { question: 'a film', context: 'the place', answers: { text: ['place'], answerStart: [4] } },
  ];
  expect(await stepOf(model, rows, preset)).toBeCloseTo(1, 2);
});

it('P-tuning v2 has one for choices', async () => {
  const preset = pTuningV2Presets['multiple-choice'];
  using backbone = createTinyBackbone();
  const task = multipleChoice();
  using model = createModel({ backbone, method: pTuningV2, config: preset.config, task });
  expect(model.parameters.trainable).toBe(16 * 32 + 9);
  const rows = [{ text: 'the film was', choices: ['good', 'bad'], label: 0 }];
  expect(await stepOf(model, rows, preset)).toBeCloseTo(1, 2);
});

it('prefix-tuning has one for texts that go on', async () => {
  const preset = prefixPresets['causal-language-modeling'];
  using backbone = await loadLanguageModel('gpt2');
  const task = causalLanguageModeling();
  using model = createModel({ backbone, method: prefix, config: preset.config, task });
  expect(model.trainableVariables.size).toBeGreaterThan(1);
  expect(await stepOf(model, [{ text: 'Great sound!' }], preset)).toBeCloseTo(1, 1);
});

it('prefix-tuning has a longer one for texts of texts', async () => {
  const preset = prefixPresets['sequence-to-sequence'];
  using backbone = createTinyEncoderDecoder();
  const task = sequenceToSequence();
  const { config } = preset;
  using model = createModel({ backbone, method: prefix, config, task, positionOffset });
  // Three sites of 200 positions in 2 layers of 8 numbers for keys and 8 for values.
  expect(model.parameters.stored).toBe(3 * 200 * 32);
  expect(await stepOf(model, targets, preset)).toBeCloseTo(1, 1);
});

it('prompt tuning has one for classes, which starts from their names', async () => {
  const preset = promptTuningPresets['sequence-classification'];
  using backbone = createTinyBackbone();
  const { config } = preset;
  using model = createModel({ backbone, method: promptTuning, config, task: classes });
  expect(model.parameters.stored).toBe(20 * 8 + 18);
  const [, prompt] =
    [...model.trainableVariables].find(([name]) => name.startsWith('tuner/')) ?? [];
  const name = backbone.embeddingsOf(backbone.tokenize('good')).dataSync();
  expect(prompt?.dataSync().slice(0, 8)).toEqual(name);
  // Adafactor clips the mean square of a step, and not each value.
  expect(await stepOf(model, texts, preset)).toBeGreaterThan(0.9);
});

it('prompt tuning has a longer one for texts of texts', async () => {
  const preset = promptTuningPresets['sequence-to-sequence'];
  using backbone = loadSeq2Seq('t5', { n_positions: 128 });
  const task = sequenceToSequence();
  using model = createModel({ backbone, method: promptTuning, config: preset.config, task });
  expect(model.parameters.stored).toBe(100 * backbone.geometry.embeddingSize);
  expect(await stepOf(model, targets, preset)).toBeGreaterThan(0.9);
});

it('P-tuning has one for words at a mask, with nine virtual tokens in three places', async () => {
  const preset = pTuningPresets['verbalized-classification'];
  using backbone = await loadLanguageModel('roberta');
  const task = verbalizedClassification({
    labels: ['good', 'bad'],
    words: { good: 'great', bad: 'poor' },
  });
  using model = createModel({ backbone, method: pTuning, config: preset.config, task });
  expect(model.parameters.stored).toBe(9 * backbone.geometry.embeddingSize);
  expect(await stepOf(model, texts, preset)).toBeCloseTo(1, 1);
});
