import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { loadTinyCheckpoint } from '../backbone/tiny-checkpoint.ts';
import { PtlError } from '../contract/errors.ts';
import { readJson } from '../files/read-file.ts';
import { questionAnswering } from '../task/question-answering/question-answering.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createModel } from './create-model.ts';
import { loadModel } from './load-model.ts';

expect.extend({ toBeAllClose });

/** What fixtures/make_checkpoint_heads.py stores of a classifier of Transformers. */
interface StoredClassifier {
  readonly source: string;
  readonly config: { readonly architectures: readonly string[]; readonly id2label: object };
  readonly head: Readonly<Record<string, readonly number[]>>;
  readonly logits: readonly (readonly number[])[];
}

const file = fileURLToPath(new URL('../../fixtures/checkpoint-heads.json', import.meta.url));
const stored = (await readJson(file)) as Record<string, StoredClassifier>; // As written.
const texts = ['the film was good', 'bad', 'it was a long time'];
const classes = (...labels: string[]) => sequenceClassification({ labels });
const casesOf = (task: string) => Object.entries(stored).filter(([name]) => name.endsWith(task));

function expectClose(
  actual: readonly ArrayLike<number>[],
  expected: readonly (readonly number[])[],
): void {
  expect(actual).toHaveLength(expected.length);
  for (const [row, values] of actual.entries()) {
    expect(values).toBeAllClose(expected[row] ?? [], { absolute: 1e-5, relative: 0 });
  }
}

function load(name: string, changes: object = {}): Promise<Backbone> {
  const found = stored[name];
  if (!found) throw new TypeError(`No case is called "${name}".`);
  return loadTinyCheckpoint({ ...found, changes: { ...found.config, ...changes } });
}

function errorOf(create: () => unknown): PtlError {
  try {
    create();
  } catch (error) {
    if (error instanceof PtlError) return error;
  }
  throw new Error('Nothing was refused.');
}

describe.each(['cpu', 'wasm'])('on %s, without a prompt,', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(casesOf('sequence'))(
    '%s starts from the head of its checkpoint and gives the logits of Transformers',
    async (name, { logits }) => {
      using backbone = await load(name);
      const task = classes(...(backbone.checkpointHead?.labels ?? []));
      using model = createModel({ backbone, task, head: 'checkpoint' });
      const given = await model.logits(texts.map((text) => ({ text })));
      expectClose(
        given.map(({ values }) => values),
        logits,
      );
    },
  );

  it.each(casesOf('token'))('%s does so, of each word', async (name, { logits }) => {
    using backbone = await load(name);
    const labels = backbone.checkpointHead?.labels ?? [];
    const task = tokenClassification({ labels });
    using model = createModel({ backbone, task, head: 'checkpoint' });
    const given = await model.logits(texts.map((text) => ({ tokens: text.split(' ') })));
    // Less those of [CLS] and [SEP].
    expectClose(
      given.map(({ values }) => values.slice(labels.length, -labels.length)),
      logits,
    );
  });
});

describe("a checkpoint's head", () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const three = classes('bad', 'good', 'so-so');

  it('is left aside unless it is asked for', async () => {
    using backbone = await load('bert-sequence');
    using model = createModel({ backbone, task: three });
    const weight = model.trainableVariables.get('head/classifier/weight')?.dataSync();
    const values = backbone.checkpointHead?.tensors.get('classifier.weight')?.values;
    expect(weight).toHaveLength(values?.length ?? 0);
    expect(weight).not.toEqual(values);
  });

  it('may have labels of any name where its config names none', async () => {
    const id2label = { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' };
    using backbone = await load('bert-sequence', { id2label });
    expect(backbone.checkpointHead?.labels).toBeNull();
    const task = classes('x', 'y', 'z');
    using model = createModel({ backbone, task, head: 'checkpoint' });
    expect(model.parameters.trainable).toBe(3 * 41);
  });

  it.each([
    [
      'for another number of labels',
      'bert-sequence',
      classes('bad', 'good'),
      'CONFIG_INVALID',
      "task.labels: The checkpoint's head has 3 labels (bad, good, so-so), the task has 2: bad, good.",
    ],
    [
      'for labels in another order',
      'bert-sequence',
      classes('good', 'bad', 'so-so'),
      'CONFIG_INVALID',
      'has the labels bad, good, so-so, in this order. Got good, bad, so-so.',
    ],
    [
      'for another task',
      'bert-token',
      classes('O', 'B-film', 'I-film', 'B-time'),
      'BACKBONE_UNSUPPORTED',
      'its checkpoint has one for token-classification',
    ],
  ])('is refused %s', async (_, name, task, code, reason) => {
    using backbone = await load(name);
    const before = tf.memory().numTensors;
    const error = errorOf(() => createModel({ backbone, task, head: 'checkpoint' }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(reason);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('starts a head for answers as well', async () => {
    const head = { 'qa_outputs.weight': [2, 40], 'qa_outputs.bias': [2] };
    const changes = { architectures: ['BertForQuestionAnswering'] };
    using backbone = await loadTinyCheckpoint({ source: 'backbones/bert', changes, head });
    expect(backbone.checkpointHead?.task).toBe('question-answering');
    using model = createModel({ backbone, task: questionAnswering(), head: 'checkpoint' });
    const stored = backbone.checkpointHead?.tensors;
    expect([...model.trainableVariables].map(([name]) => name)).toEqual([
      'head/qa_outputs/weight',
      'head/qa_outputs/bias',
    ]);
    for (const [name, variable] of model.trainableVariables) {
      const { values } = stored?.get(name.slice('head/'.length).replace('/', '.')) ?? {};
      expect(variable.dataSync()).toEqual(values);
    }
    const { message } = errorOf(() => createModel({ backbone, task: three, head: 'checkpoint' }));
    expect(message).toContain('its checkpoint has one for question-answering');
  });

  it('is none where there is a pooler alone, which RoBERTa has below its choices', async () => {
    const head = { 'roberta.pooler.dense.weight': [40, 40], 'roberta.pooler.dense.bias': [40] };
    using backbone = await loadTinyCheckpoint({ source: 'backbones/roberta', changes: {}, head });
    expect(backbone.checkpointHead).toBeNull();
    const { message } = errorOf(() => createModel({ backbone, task: three, head: 'checkpoint' }));
    expect(message).toContain('its checkpoint has none');
  });

  it('is refused where parts of it are missing, or it is not there', async () => {
    using roberta = await load('roberta-token', { architectures: null });
    const options = { task: three, head: 'checkpoint' } as const;
    const partial = errorOf(() => createModel({ ...options, backbone: roberta }));
    expect(partial.message).toContain('its checkpoint lacks classifier.dense.weight');
    using bare = createTinyBackbone();
    const none = errorOf(() => createModel({ ...options, backbone: bare }));
    expect(none.code).toBe('BACKBONE_UNSUPPORTED');
    expect(none.message).toContain('its checkpoint has none');
  });

  it('is refused if it is of another width', async () => {
    const { source, config, head } = stored['bert-sequence'] ?? {
      source: '',
      config: {},
      head: {},
    };
    const wider = { ...head, 'classifier.weight': [3, 41] };
    using backbone = await loadTinyCheckpoint({ source, changes: config, head: wider });
    const { code, message } = errorOf(() =>
      createModel({ backbone, task: three, head: 'checkpoint' }),
    );
    expect(code).toBe('SHAPE_MISMATCH');
    expect(message).toContain('has shape [3, 41]; the backbone needs [3, 40]');
  });
});

describe('a model without a method', () => {
  it('trains its head alone, and predicts the same after loading', async () => {
    await tf.setBackend('cpu');
    const folder = await mkdtemp(join(tmpdir(), 'ptl-no-method-'));
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, task: classes('bad', 'good'), seed: 2 });
    expect([...model.trainableVariables.keys()]).toEqual([
      'head/classifier/weight',
      'head/classifier/bias',
    ]);
    await model.save(folder);
    using loaded = await loadModel(folder, { backbone });
    expect(loaded.origin).toEqual({ method: 'none', config: {}, seed: 2 });
    const rows = [{ text: 'good film' }];
    expect(await loaded.logits(rows)).toEqual(await model.logits(rows));
    await rm(folder, { recursive: true });
  });
});
