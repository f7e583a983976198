import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineMethod } from '../contract/method.ts';
import { createModel } from '../model/create-model.ts';
import { loadModel } from '../model/load-model.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { resolveTemplate } from '../tokenizer/resolve-template.ts';
import { parseTemplate } from '../tokenizer/template.ts';
import { softmax } from './softmax.ts';
import { isDecoder, loadLanguageModel, verbalizerModels, verbalizers } from './verbalized-case.ts';
import {
  type VerbalizedClassificationOptions,
  verbalizedClassification,
} from './verbalized-classification.ts';

expect.extend({ toBeAllClose });

const { words, texts, pairs, contentFree, cases } = verbalizers;
const labels = Object.keys(words);
const rows = texts.map((text) => ({ text }));
const templateFor = (name: string): string =>
  isDecoder(name) ? '{text} It was {mask}' : '{text} It was {mask}.';

type Rest = Partial<VerbalizedClassificationOptions<string>>;

const taskFor = (name: string, rest: Rest = {}) =>
  verbalizedClassification<string>({ labels, words, template: templateFor(name), ...rest });

function expectClose(actual: Iterable<ArrayLike<number>>, expected: Iterable<readonly number[]>) {
  const [one, other] = [Array.from(actual), Array.from(expected)];
  expect(one).toHaveLength(other.length);
  for (const [row, values] of one.entries()) {
    expect(values).toBeAllClose(other[row] ?? [], { absolute: 1e-5, relative: 0 });
  }
}

/** A tuner whose prompt is a template of slots, all of one value. */
const templated = defineMethod({
  name: 'templated',
  configSchema: z.strictObject({ template: z.string() }),
  architectures: ['encoder', 'decoder'],
  tasks: ['sequence-classification'],
  createTuner({ backbone, variables, config }) {
    const { parts, runs } = resolveTemplate(parseTemplate(config.template), backbone.tokenize);
    const length = runs.reduce((sum, run) => sum + (run.kind === 'prompt' ? run.length : 0), 0);
    const shape: [number, number] = [length, backbone.geometry.embeddingSize];
    const embedding = variables.create<tf.Rank.R2>('embedding', () => tf.fill(shape, 0.1));
    return {
      variables,
      layout: { kind: 'template', parts },
      promptLength: length,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: tf.clone(embedding) }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

describe.each(['cpu', 'wasm'])('manual prompts on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(
    verbalizerModels.flatMap((name) =>
      (['mean', 'first', 'masks'] as const)
        .filter((tokens) => cases[name]?.[tokens])
        .map((tokens) => [name, tokens] as const),
    ),
  )('of %s score labels as Transformers does, by %s of the tokens', async (name, tokens) => {
    using backbone = await loadLanguageModel(name);
    const expected = cases[name]?.[tokens] ?? [];
    using model = createModel({ backbone, task: taskFor(name, { tokens }) });
    expect(model.parameters).toEqual({ trainable: 0, stored: 0 });
    const logits = await model.logits(rows);
    expectClose(
      logits.map(({ values }) => values),
      expected,
    );
    const calibrate = contentFree;
    using corrected = createModel({ backbone, task: taskFor(name, { tokens, calibrate }) });
    const predictions = await corrected.predict(rows);
    expectClose(
      predictions.map(({ scores }) => Object.values(scores)),
      cases[name]?.[`${tokens}-calibrated`] ?? [],
    );
    expect(await corrected.logits(rows)).toEqual(logits);
  });

  it.each(['bert', 'roberta'])('of %s read pairs of texts', async (name) => {
    using backbone = await loadLanguageModel(name);
    const separator = name === 'bert' ? '{sep}' : '{sep}{sep}';
    const template = `{text} ? ${separator} {mask}, {text_pair}`;
    using model = createModel({ backbone, task: taskFor(name, { template }) });
    const logits = await model.logits(pairs.map(([text, textPair]) => ({ text, textPair })));
    expectClose(
      logits.map(({ values }) => values),
      cases[name]?.['pairs'] ?? [],
    );
  });
});

describe('soft words', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(verbalizerModels)('of %s start from the last layer’s weights', async (name) => {
    using backbone = await loadLanguageModel(name);
    using model = createModel({ backbone, task: taskFor(name, { verbalizer: 'soft' }) });
    const names = [...model.trainableVariables.keys()];
    const bias = isDecoder(name) ? [] : ['head/verbalizer/bias'];
    expect(names).toEqual(['head/verbalizer/weight', ...bias]);
    expect(model.parameters.trainable).toBe(3 * (isDecoder(name) ? 40 : 41));
    expectClose(
      (await model.logits(rows)).map(({ values }) => values),
      cases[name]?.['soft'] ?? [],
    );
  });

  it('are trained, saved and loaded', async () => {
    using backbone = await loadLanguageModel('roberta');
    const task = taskFor('roberta', { verbalizer: 'soft', tokens: 'first', calibrate: [''] });
    using model = createModel({ backbone, task });
    const examples = model.encode(texts.map((text) => ({ text, label: 'bad' })));
    const variables = [...model.trainableVariables.values()];
    const { grads } = tf.variableGrads(() => model.loss(examples, 0).sum, variables);
    for (const variable of variables) {
      const gradient = grads[variable.name];
      expect(tf.max(tf.abs(gradient ?? 0)).dataSync()[0]).toBeGreaterThan(1e-3);
      if (gradient) variable.assign(tf.sub(variable, tf.mul(gradient, 0.1)));
    }
    const folder = await mkdtemp(join(tmpdir(), 'ptl-words-'));
    await model.save(folder);
    expect(await readdir(folder)).not.toContain('adapter_config.json');
    using loaded = await loadModel(folder, { backbone });
    expect(loaded.task.options).toEqual(task.options);
    expect(await loaded.predict(rows)).toEqual(await model.predict(rows));
    await expect(model.save(folder, { exportPeft: 'required' })).rejects.toThrow();
    await rm(folder, { recursive: true });
  });
});

describe('verbalized classification', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(['roberta', 'gpt2'])(
    'of %s reads the mask of a template that the method has, and trains its prompt',
    async (name) => {
      using backbone = await loadLanguageModel(name);
      const task = taskFor(name, { template: undefined });
      const template = templateFor(name).replace('{mask}', '{prompt:2} {mask}');
      using model = createModel({ backbone, method: templated, config: { template }, task });
      using other = createModel({
        backbone,
        method: templated,
        config: { template: template.replace('It was', 'It is') },
        task,
      });
      const [logits, others] = [await model.logits(rows), await other.logits(rows)];
      expect(logits[0]?.values).not.toBeAllClose(others[0]?.values ?? [], { absolute: 1e-3 });
      const examples = model.encode(texts.map((text) => ({ text, label: 'good' })));
      const [variable] = model.trainableVariables.values();
      const { grads } = tf.variableGrads(
        () => model.loss(examples, 0).sum,
        [...model.trainableVariables.values()],
      );
      const [gradient] = Object.values(grads);
      expect(gradient?.shape).toEqual(variable?.shape);
      // Of each of the slots.
      const steepest = tf.max(tf.abs(gradient ?? tf.zeros([1, 1])), 1).dataSync();
      for (const value of steepest) expect(value).toBeGreaterThan(1e-4);
    },
  );

  it.each([
    [
      'the task',
      (template: string) => ({ task: taskFor('bert', { template, calibrate: ['N/A'] }) }),
    ],
    [
      'the method',
      (template: string) => ({
        method: templated,
        config: { template: `{prompt:1} ${template}` },
        task: taskFor('bert', { template: undefined, calibrate: ['N/A'] }),
      }),
    ],
  ])('is calibrated with as many texts as the template of %s has', async (_, optionsFor) => {
    using backbone = await loadLanguageModel('bert');
    const pair = [{ text: 'a train', textPair: 'the bread' }];
    using model = createModel({ backbone, ...optionsFor('{text} ? {sep} {mask}, {text_pair}') });
    const [logits, empty] = await model.logits([...pair, { text: 'N/A', textPair: 'N/A' }]);
    const unlikely = softmax(empty?.values ?? []);
    const corrected = Array.from(
      logits?.values ?? [],
      (value, label) => value - Math.log(unlikely[label] ?? 0),
    );
    const [prediction] = await model.predict(pair);
    expectClose([Object.values(prediction?.scores ?? {})], [softmax(corrected)]);
  });

  it('leaves behind no tensors', async () => {
    using backbone = await loadLanguageModel('bert');
    const run = async () => {
      using model = createModel({ backbone, task: taskFor('bert', { calibrate: contentFree }) });
      await model.predict(rows);
    };
    await run();
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('needs a checkpoint that scores its vocabulary', () => {
    using tiny = createTinyBackbone();
    const backbone = { ...tiny, vocabulary: null };
    const [code, message] = refusalOf(() => createModel({ backbone, task: taskFor('bert') }));
    expect(code).toBe('BACKBONE_UNSUPPORTED');
    expect(message).toContain('its checkpoint has no head that scores its words');
  });

  it.each([
    ['a template', 'bert', { template: undefined }, 'CONFIG_INVALID', 'template: It is missing'],
    ['words that are known', 'bert', { words: { ...words, bad: '語' } }, 'CONFIG_INVALID', '"語"'],
    [
      'words of two labels that differ to the tokenizer',
      'bert',
      { words: { ...words, bad: 'Great' } },
      'CONFIG_INVALID',
      '"great" and "Great" of two labels have the same tokens',
    ],
    [
      'words whose first tokens differ, where these are scored',
      'bert',
      { words: { ...words, bad: 'dim screen' }, tokens: 'first' },
      'CONFIG_INVALID',
      '"dim screen" and "dim" of two labels have the same first token',
    ],
    ['one mask', 'gpt2', { tokens: 'masks' }, 'CONFIG_INVALID', '"masks" needs an encoder'],
  ] as const)('needs %s', async (_, name, rest, code, reason) => {
    using backbone = await loadLanguageModel(name);
    const [found, message] = refusalOf(() => createModel({ backbone, task: taskFor(name, rest) }));
    expect(found).toBe(code);
    expect(message).toContain(reason);
  });

  it('needs a mask in the template of a method', async () => {
    using backbone = await loadLanguageModel('bert');
    const config = { template: '{text} {prompt:1}' };
    const [code, message] = refusalOf(() =>
      createModel({ backbone, method: templated, config, task: taskFor('bert') }),
    );
    expect(code).toBe('TEMPLATE_INVALID');
    expect(message).toContain('lacks {mask}');
  });

  it.each([
    [{ words: { good: 'a', bad: 'b' } }, 'The label "so-so" has no words'],
    [{ words: { ...words, fair: 'c' } }, 'The task has no label "fair"'],
    [{ words: { ...words, bad: [] } }, 'A label needs a word'],
    [{ words: { ...words, bad: ' ' } }, 'A word must not be empty'],
    [{ words: { ...words, bad: ['sad', ' great '] } }, '"great" stands for "good" already'],
    [{ verbalizer: 'soft', tokens: 'masks' }, 'Soft words are read at one mask'],
    [{ calibrate: [] }, 'There must be a text'],
    [{ labels: ['good'] }, 'at least two labels'],
  ] as const)('refuses options that contradict each other: %j', (rest, reason) => {
    const [code, message] = refusalOf(() => taskFor('bert', rest as Rest));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(reason);
  });

  it('refuses a template with virtual tokens, or without a mask', () => {
    expect(refusalOf(() => taskFor('bert', { template: '{text} {prompt:1} {mask}' }))[0]).toBe(
      'TEMPLATE_INVALID',
    );
    expect(refusalOf(() => taskFor('bert', { template: '{text}' }))[0]).toBe('TEMPLATE_INVALID');
  });
});
