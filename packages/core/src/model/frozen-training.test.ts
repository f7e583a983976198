import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { loadDecoder } from '../backbone/decoder-case.ts';
import type { ConfigInput } from '../contract/config-schema.ts';
import { causalLanguageModeling } from '../task/causal-language-modeling.ts';
import type { ChoiceRow } from '../task/multiple-choice/choice-row.ts';
import { multipleChoice } from '../task/multiple-choice/multiple-choice.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import type { Task } from '../task/task.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import type { TrainOptions } from '../trainer/options/train-options.ts';
import { train } from '../trainer/train.ts';
import { createModel } from './create-model.ts';
import type { TunedModel } from './tuned-model.ts';
import { watched, windowMethod } from './window-method.ts';

beforeAll(() => tf.setBackend('cpu'));

const words = ['the', 'film', 'was', 'long', 'a', 'good', 'place', 'bad', 'time', 'it'];
const sentences = Array.from({ length: 22 }, (_, row) =>
  Array.from({ length: 1 + ((row * 5) % 9) }, (_, at) => words[(row + at * 3) % 10] ?? ''),
);
const textRows = sentences.map((tokens, row) => ({
  text: tokens.join(' '),
  label: row % 3 === 0 ? 'good' : 'bad',
}));
const taggedRows = sentences.map((tokens) => ({
  tokens,
  tags: tokens.map((token) => (token === 'place' ? 'B-X' : 'O')),
}));
const texts = sequenceClassification({ labels: ['good', 'bad'] }) as Task;
const tags = tokenClassification({ labels: ['O', 'B-X'] }) as Task;
const chained = tokenClassification({ labels: ['O', 'B-X'], crf: true }) as Task;
const choiceRows = textRows.slice(0, 12).map(({ text }, row) => ({
  text,
  choices: words.slice(row % 5, (row % 5) + 2 + (row % 3)),
  label: row % 2,
}));
const choices = multipleChoice() as Task;
const continuation = causalLanguageModeling() as Task;

type Config = ConfigInput<typeof windowMethod.configSchema>;

interface Trial {
  readonly backbone: Backbone;
  readonly task: Task;
  readonly rows: readonly unknown[];
  readonly config: Config;
  readonly positionOffset?: 'shift' | 'none';
}

/** Trains a model of its own, and gives its values and what the backbone was asked for. */
async function trained(trial: Trial, options: Partial<TrainOptions<unknown>> = {}) {
  const { backbone, passes } = watched(trial.backbone);
  const { task, config, rows, positionOffset = 'shift' } = trial;
  const model = createModel({
    backbone,
    method: windowMethod,
    config,
    task,
    positionOffset,
    seed: 1,
  });
  using owned = model as TunedModel<unknown>;
  const report = await train(owned, {
    train: rows,
    validation: rows.slice(0, 9),
    epochs: 3,
    batchSize: 4,
    evaluationBatchSize: 5,
    progress: 'none',
    seed: 6,
    ...options,
  });
  const values = [...model.trainableVariables.values()].map((variable) => [...variable.dataSync()]);
  const lower = passes.filter(({ until }) => until !== undefined);
  const rowsOf = (some: typeof passes) => some.reduce((sum, { batch }) => sum + batch.size, 0);
  return {
    result: { values, history: report.history },
    passes,
    /** Rows that went through the lower part alone, and through the whole model. */
    lowerRows: rowsOf(lower),
    wholeRows: rowsOf(passes.filter(({ until, from }) => until === undefined && !from)),
  };
}

/** How many rows pass the backbone for these. */
function sequences(rows: readonly unknown[]): number {
  const counts = rows.map((row) => (row as Partial<ChoiceRow>).choices?.length ?? 1); // Or another task's.
  return counts.reduce((sum, count) => sum + count, 0);
}

const tiny = () => createTinyBackbone();
const lastWeight = 'encoder.layer.1.output.dense.weight';
const trials: [string, () => Trial][] = [
  [
    'the first token read behind a window',
    () => ({ backbone: tiny(), task: texts, rows: textRows, config: { layers: { last: 1 } } }),
  ],
  [
    'all tokens read behind a window',
    () => ({ backbone: tiny(), task: tags, rows: taggedRows, config: { layers: [1] } }),
  ],
  [
    'rows of several choices behind a window',
    () => ({ backbone: tiny(), task: choices, rows: choiceRows, config: { layers: [1] } }),
  ],
  [
    'positions that are not moved',
    () => ({
      backbone: tiny(),
      task: tags,
      rows: taggedRows,
      config: { layers: [1] },
      positionOffset: 'none',
    }),
  ],
  [
    'a weight of the last layer',
    () => ({ backbone: tiny(), task: tags, rows: taggedRows, config: { unfrozen: [lastWeight] } }),
  ],
  [
    'a CRF behind a window',
    () => ({ backbone: tiny(), task: chained, rows: taggedRows, config: { layers: [1] } }),
  ],
  [
    'a decoder',
    () => ({
      backbone: loadDecoder('qwen3'),
      task: continuation,
      rows: textRows.slice(0, 5),
      config: { layers: { last: 2 } },
    }),
  ],
];

describe('training on what was remembered of the frozen layers', () => {
  it.each(trials)(
    'gives the same numbers, with %s',
    async (_, make) => {
      const trial = make();
      using _backbone = trial.backbone;
      const off = await trained(trial, { cache: 'off' });
      const auto = await trained(trial);
      expect(auto.result).toEqual(off.result);
      expect(off.lowerRows).toBe(0);
      // Each row, or choice, once, in training and in evaluations.
      expect(auto.lowerRows).toBe(sequences(trial.rows) + sequences(trial.rows.slice(0, 9)));
      expect(auto.wholeRows).toBe(0);
    },
    30_000,
  );

  it.each([
    ['a head that reads first tokens', texts, textRows, []],
    ['a head that reads all tokens', tags, taggedRows, []],
    ['a head that reads choices', choices, choiceRows, []],
    ['a pooler that is trained', texts, textRows, ['pooler.dense.weight']],
  ] as const)('runs no layer twice for %s', async (_, task, rows, unfrozen) => {
    using backbone = tiny();
    const trial = { backbone, task, rows, config: { unfrozen: [...unfrozen] } };
    const off = await trained(trial, { cache: 'off' });
    const auto = await trained(trial);
    expect(auto.result).toEqual(off.result);
    expect(auto.wholeRows).toBe(sequences(rows) + sequences(rows.slice(0, 9)));
    expect(off.wholeRows).toBeGreaterThan(3 * sequences(rows));
  });

  it.each([
    ['all layers have a prefix', { layers: 'all' }],
    ['the lowest layer has one', { layers: { first: 1 } }],
    ['a weight below is trained', { layers: [1], unfrozen: ['encoder.layer.0.output.dense.bias'] }],
    ['embeddings are trained', { unfrozen: ['embeddings.LayerNorm.weight'] }],
  ] satisfies [string, Config][])('remembers nothing where %s', async (_, config) => {
    using backbone = tiny();
    const { passes } = await trained({ backbone, task: tags, rows: taggedRows, config });
    expect(passes.some(({ until, from }) => until !== undefined || from)).toBe(false);
  });

  it('remembers evaluations alone where the backbone runs with dropout, or rows are seen once', async () => {
    using backbone = tiny();
    const trial = { backbone, task: tags, rows: taggedRows };
    const dropped = await trained({ ...trial, config: { layers: [1], frozenDropout: true } });
    const once = await trained({ ...trial, config: { layers: [1] } }, { epochs: 1 });
    expect([dropped.lowerRows, once.lowerRows]).toEqual([9, 9]);
    expect(once.wholeRows).toBe(taggedRows.length);
  });

  it('takes no more memory than it may, and computes the rest each time', async () => {
    using backbone = tiny();
    const trial = { backbone, task: tags, rows: taggedRows, config: { layers: [1] } };
    const all = await trained(trial);
    const some = await trained(trial, { cache: { maxBytes: 3000 } });
    const none = await trained(trial, { cache: { maxBytes: 0 } });
    expect(some.result).toEqual(all.result);
    expect(some.lowerRows + some.wholeRows).toBeGreaterThan(all.lowerRows);
    expect(some.wholeRows).toBeLessThan(none.wholeRows);
    expect(none.lowerRows).toBe(0);
  });

  it('leaves no tensor behind', async () => {
    using backbone = tiny();
    const trial = { backbone, task: tags, rows: taggedRows, config: { layers: [1] } };
    await trained(trial);
    const before = tf.memory().numTensors;
    await trained(trial);
    expect(tf.memory().numTensors).toBe(before);
  });
});
