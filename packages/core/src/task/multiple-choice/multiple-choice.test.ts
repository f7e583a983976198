import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import { loadTinyCheckpoint } from '../../backbone/tiny-checkpoint.ts';
import { createModel } from '../../model/create-model.ts';
import { describeAdapter } from '../../model/describe-adapter.ts';
import { loadAdapter } from '../../model/load-adapter.ts';
import { loadModel } from '../../model/load-model.ts';
import { toBeAllClose } from '../../testing/all-close.ts';
import { bareMethod } from '../../testing/bare-method.ts';
import { centralDifferences } from '../../testing/central-differences.ts';
import { createTinyBackbone } from '../../testing/tiny-backbone.ts';
import { train } from '../../trainer/train.ts';
import { sequenceClassification } from '../sequence-classification.ts';
import { choiceRows as rows } from './choice-case.ts';
import { choiceLoss } from './choice-loss.ts';
import type { ChoiceRow } from './choice-row.ts';
import { multipleChoice } from './multiple-choice.ts';

expect.extend({ toBeAllClose });

const calmly = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
const task = multipleChoice();
const layout = { kind: 'placed', at: 'front', length: 2 } as const;

let folder = '';
let backbone: Backbone;
/** Larger, and without dropout, which would draw anew for each part of a batch. */
let calm: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-choices-'));
  backbone = createTinyBackbone();
  calm = await loadTinyCheckpoint({ source: 'backbones/bert', changes: calmly, head: {} });
});
afterAll(async () => {
  backbone[Symbol.dispose]();
  calm[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const create = (own = task) =>
  createModel({ backbone, method: bareMethod, config: { layout }, task: own, seed: 3 });

const createCalm = () =>
  createModel({ backbone: calm, method: bareMethod, config: { layout }, task, seed: 3 });

/** Examples of three rows with 3, 2 and 2 choices, and what a head may give for them. */
const sequence = { inputIds: [1], tokenTypeIds: [0], slots: [], truncatedTokens: 0 };
const uneven = [
  { row: sequence, alternatives: [sequence, sequence], target: 2 },
  { row: sequence, alternatives: [sequence], target: 0 },
  { row: sequence, alternatives: [sequence], target: 1 },
];
const scores = [1.5, -2, 0.25, 0.5, 1, -1, 0.75];
const asLogits = () => tf.tensor2d(scores, [7, 1]);

describe('the loss of choices', () => {
  it.each([
    [0, 0.8864771525],
    [0.1, 0.9184215913],
  ])('is that of PyTorch for each row, with smoothing %s', (smoothing, expected) => {
    const { sum, count } = choiceLoss(asLogits(), uneven, smoothing);
    // Mean of torch.nn.functional.cross_entropy(row[None], label, label_smoothing=smoothing).
    expect((sum.dataSync()[0] ?? 0) / count).toBeCloseTo(expected, 6);
  });

  it('has the gradient of its differences, for rows with more and fewer choices', () => {
    const loss = (logits: tf.Tensor2D) => choiceLoss(logits, uneven, 0.1).sum;
    const gradient = tf.grad((logits) => loss(logits as tf.Tensor2D))(asLogits());
    const numeric = centralDifferences(loss, asLogits());
    expect(gradient.dataSync()).toBeAllClose(numeric, { absolute: 2e-3, relative: 0 });
  });
});

describe('multiple choice', () => {
  it('gives a row the same logits alone and beside longer rows with more choices', async () => {
    using model = create();
    const together = await model.logits(rows);
    expect(together.map(({ shape }) => shape)).toEqual([[2], [3], [4], [2]]);
    for (const [index, row] of rows.entries()) {
      const [alone] = await model.logits([row]);
      expect(together[index]?.values).toBeAllClose(alone?.values ?? [], { absolute: 1e-5 });
    }
  });

  it('predicts the choice with the highest logit, and its probability among those of the row', async () => {
    using model = create();
    const logits = await model.logits(rows);
    const predictions = await model.predict(rows, { batchSize: 3 });
    for (const [index, { label, choice, scores: shares }] of predictions.entries()) {
      const values = [...(logits[index]?.values ?? [])];
      expect(label).toBe(values.indexOf(Math.max(...values)));
      expect(choice).toBe(rows[index]?.choices[label]);
      const exponentials = values.map(Math.exp);
      const sum = exponentials.reduce((total, one) => total + one, 0);
      expect(shares).toBeAllClose(
        exponentials.map((one) => one / sum),
        { absolute: 1e-6 },
      );
    }
  });

  it('learns which choice is right', async () => {
    using model = createCalm();
    const before = await model.evaluate(rows);
    await train(model, { train: rows, epochs: 15, learningRate: 0.1, progress: 'none' });
    const { loss, scores: after } = await model.evaluate(rows);
    expect(loss).toBeLessThan(before.loss / 4);
    expect(after).toEqual({ accuracy: 1 });
  }, 30_000);

  it('has the share of rows whose choice is right for its accuracy', () => {
    const right = [0, 1, 0].map((label) => ({ text: '', choices: ['', ''], label }));
    const made = [0, 1, 1].map((label) => ({ label, choice: '', scores: [0.5, 0.5] }));
    expect(multipleChoice().score(made, right)).toEqual({ accuracy: 2 / 3 });
  });

  it('takes the same steps in accumulated parts of a batch', async () => {
    const valuesAfter = async (batchSize: number, gradientAccumulation: number) => {
      using model = createCalm();
      const options = { epochs: 3, learningRate: 0.1, seed: 5, progress: 'none' } as const;
      await train(model, { train: rows, batchSize, gradientAccumulation, ...options });
      // The bias adds as much to all choices of a row, and moves by rounding errors alone.
      return [...model.trainableVariables]
        .filter(([name]) => name !== 'head/classifier/bias')
        .flatMap(([, value]) => [...value.dataSync()]);
    };
    const whole = await valuesAfter(4, 1);
    expect(await valuesAfter(1, 4)).toBeAllClose(whole, { absolute: 1e-4 });
    expect(await valuesAfter(2, 1)).not.toBeAllClose(whole, { absolute: 1e-4 });
  });

  it('is the same after it was saved and loaded, options and all', async () => {
    using model = create(multipleChoice({ labelSmoothing: 0.2, name: 'causes' }));
    const place = join(folder, 'choices');
    await model.save(place);
    using loaded = await loadModel(place, { backbone });
    expect(loaded.task.options).toEqual({ labelSmoothing: 0.2, name: 'causes' });
    expect(await loaded.predict(rows)).toEqual(await model.predict(rows));
    expect(await loaded.evaluate(rows)).toEqual(await model.evaluate(rows));
    using plain = create();
    expect((await plain.evaluate(rows)).loss).not.toBe((await model.evaluate(rows)).loss);
  });

  it('leaves no tensor behind', async () => {
    using model = create();
    const step = () => train(model, { train: rows, validation: rows, progress: 'none' });
    await step();
    const before = tf.memory().numTensors;
    await step();
    await model.predict(rows);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('rows of choices', () => {
  it('are counted once if any of their sequences was cut', () => {
    using model = create();
    const long = Array.from({ length: 80 }, () => 'good').join(' ');
    model.encode([{ text: 'it was', choices: ['bad', long], label: 0 }, ...rows]);
    expect(model.truncatedRows).toBe(1);
  });

  it.each([
    [{ text: 'a', label: 0 }, 'it has no "choices"'],
    [{ text: 'a', choices: 'b', label: 0 }, '"choices" must be an array of strings'],
    [{ text: 'a', choices: ['b', 1], label: 0 }, '"choices" must hold strings. Its item 1 is 1'],
    [{ text: 'a', choices: ['b'], label: 0 }, '"choices" must hold two or more. Got 1'],
    [{ text: 'a', choices: ['b', 'c'] }, 'it has no "label"'],
    [{ text: 'a', choices: ['b', 'c'], label: 'b' }, '"label" must be a finite number. Got "b"'],
    [{ text: 'a', choices: ['b', 'c'], label: 2 }, 'from 0 to 1. Got 2'],
    [{ text: 'a', choices: ['b', 'c'], label: 0.5 }, 'from 0 to 1. Got 0.5'],
    [{ choices: ['b', 'c'], label: 0 }, 'it has no "text"'],
  ])('are refused as %j', (row, reason) => {
    using model = create(multipleChoice({ name: 'causes' }));
    const wrong = [row as ChoiceRow]; // Rows from outside may be anything.
    expect(() => model.encode(wrong)).toThrow(expect.objectContaining({ code: 'ROW_INVALID' }));
    expect(() => model.encode(wrong)).toThrow(`Row 0 of "causes": `);
    expect(() => model.encode(wrong)).toThrow(reason);
  });
});

describe('PEFT, which has no task type for multiple choice,', () => {
  it('is given no config, and the folder says why', async () => {
    using model = create();
    const place = join(folder, 'no-peft');
    const refused = model.save(place, { exportPeft: 'required' });
    await expect(refused).rejects.toThrow(/PEFT has no task type for multiple-choice/);
    await model.save(place);
    expect(existsSync(join(place, 'adapter_config.json'))).toBe(false);
    expect(await readFile(join(place, 'README.md'), 'utf8')).toContain('PEFT has no task type');
    expect(await describeAdapter(place)).toMatchObject({ task: 'multiple-choice', numLabels: 1 });
  });

  it('has no rules to follow, and no adapters to load', async () => {
    const semantics = 'peft';
    expect(() => createModel({ backbone, task, semantics })).toThrow(
      'semantics: PEFT has no task type for multiple-choice.',
    );
    const classes = sequenceClassification({ labels: ['a', 'b'] });
    using model = createModel({ backbone, method: bareMethod, config: { layout }, task: classes });
    const place = join(folder, 'classes');
    await model.save(place);
    await expect(loadAdapter(backbone, place, { task })).rejects.toThrow(
      /for sequence-classification, not for multiple-choice/,
    );
  });
});
