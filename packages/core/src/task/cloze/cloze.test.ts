import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../files/read-file.ts';
import { createModel } from '../../model/create-model.ts';
import { loadModel } from '../../model/load-model.ts';
import { createPredictor } from '../../predictor/create-predictor.ts';
import { toBeAllClose } from '../../testing/all-close.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { isDecoder, loadLanguageModel } from '../verbalized-case.ts';
import { type ClozeRow, cloze } from './cloze.ts';
import type { ClozeOptions } from './options.ts';

expect.extend({ toBeAllClose });

interface Rated {
  readonly logProbabilities: readonly (readonly number[])[];
  readonly loss: number;
  readonly ranks: readonly number[];
}

interface StoredCase {
  readonly facts: readonly (readonly [text: string, object: string])[];
  readonly words: readonly string[];
  readonly vocabulary: Rated;
  readonly candidates: Rated;
}

const fixture = fileURLToPath(new URL('../../../fixtures/cloze.json', import.meta.url));
// Written by make_cloze.py.
const cases = (await readJson(fixture)) as Readonly<Record<string, StoredCase>>;

const template = (name: string): string =>
  isDecoder(name) ? '{text} It was {mask}' : '{text} It was {mask}.';

function caseOf(name: string): StoredCase & { readonly rows: readonly ClozeRow[] } {
  const found = cases[name];
  if (!found) throw new Error(`no case is called ${name}`);
  return { ...found, rows: found.facts.map(([text, object]) => ({ text, object })) };
}

const taskFor = (name: string, rest: Partial<ClozeOptions> = {}) =>
  cloze({ candidates: caseOf(name).words, template: template(name), ...rest });

const tolerance = { absolute: 1e-5, relative: 0 };

describe.each(['cpu', 'wasm'])('a cloze on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(
    Object.keys(cases).flatMap((name) =>
      (['vocabulary', 'candidates'] as const).map((loss) => [name, loss] as const),
    ),
  )('of %s finds words as likely as Transformers does, among the %s', async (name, loss) => {
    using backbone = await loadLanguageModel(name);
    const { rows, [loss]: expected } = caseOf(name);
    using model = createModel({ backbone, task: taskFor(name, { loss, precisionAt: [2, 3] }) });
    expect(model.parameters).toEqual({ trainable: 0, stored: 0 });
    const logits = await model.logits(rows);
    for (const [row, { values }] of logits.entries()) {
      expect(values).toBeAllClose(expected.logProbabilities[row] ?? [], tolerance);
    }
    const { loss: found, scores } = await model.evaluate(rows);
    expect(found).toBeCloseTo(expected.loss, 5);
    const { ranks } = expected;
    const shareUpTo = (limit: number): number =>
      ranks.filter((rank) => rank <= limit).length / ranks.length;
    expect(scores).toEqual({
      precisionAt1: shareUpTo(1),
      precisionAt2: shareUpTo(2),
      precisionAt3: shareUpTo(3),
      meanReciprocalRank: expect.closeTo(
        ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length,
        9,
      ),
    });
  });

  it('lists the likeliest candidates', async () => {
    using backbone = await loadLanguageModel('bert');
    const { rows, words, vocabulary } = caseOf('bert');
    using model = createModel({ backbone, task: taskFor('bert', { top: 3 }) });
    const predictions = await model.predict(rows.map(({ text }) => ({ text })));
    for (const [row, { word, top, rank, logProbability }] of predictions.entries()) {
      const wanted = (vocabulary.logProbabilities[row] ?? [])
        .map((value, place) => ({ word: words[place] ?? '', value }))
        .sort((one, other) => other.value - one.value)
        .slice(0, 3);
      expect(word).toBe(wanted[0]?.word);
      expect(top.map((rated) => rated.word)).toEqual(wanted.map((one) => one.word));
      for (const [place, { value }] of wanted.entries()) {
        expect(top[place]?.logProbability).toBeCloseTo(value, 5);
      }
      expect([rank, logProbability]).toEqual([null, null]);
    }
  });
});

describe('a cloze', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('is saved and loaded, and served', async () => {
    using backbone = await loadLanguageModel('roberta');
    const { rows } = caseOf('roberta');
    const task = taskFor('roberta', { loss: 'candidates', precisionAt: [3], top: 2, name: 'P1' });
    using model = createModel({ backbone, task });
    const folder = await mkdtemp(join(tmpdir(), 'ptl-cloze-'));
    await model.save(folder);
    expect(await readdir(folder)).not.toContain('adapter_config.json');
    using loaded = await loadModel(folder, { backbone });
    expect(loaded.task.options).toEqual(task.options);
    expect(await loaded.evaluate(rows)).toEqual(await model.evaluate(rows));
    using predictor = await createPredictor({ backbone, adapters: { facts: folder } });
    const { text = '' } = rows[0] ?? {};
    const [answer] = await predictor.predict([{ adapter: 'facts', row: { text } }]);
    const [value] = await model.predict([{ text }]);
    expect(answer).toEqual({ ok: true, adapter: 'facts', value });
    await rm(folder, { recursive: true });
  });

  it('leaves behind no tensors', async () => {
    using backbone = await loadLanguageModel('bert');
    const run = async () => {
      using model = createModel({ backbone, task: taskFor('bert') });
      await model.evaluate(caseOf('bert').rows);
    };
    await run();
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['of one token', ['the', 'battery'], '"battery" is 5 tokens, where one is read'],
    ['that are known', ['the', '語'], '"語" is'],
  ])('takes candidates %s', async (_, candidates, reason) => {
    using backbone = await loadLanguageModel('roberta');
    const task = taskFor('roberta', { candidates });
    const [code, message] = refusalOf(() => createModel({ backbone, task }));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(`candidates.1: ${reason}`);
  });

  it('takes candidates of different tokens', async () => {
    using backbone = await loadLanguageModel('bert');
    const task = taskFor('bert', { candidates: ['train', 'Train'] });
    const [code, message] = refusalOf(() => createModel({ backbone, task }));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain('"Train" and "train" are the same token');
  });

  it.each([
    ['lighthouse keeper', 'is 3 tokens, where one is read'],
    ['marien', 'is none of the candidates'],
    ['語', 'is unknown to the tokenizer'],
    [7, '"object" must be a string'],
    [undefined, 'it has no "object"'],
  ])('refuses the object %j', async (object, reason) => {
    using backbone = await loadLanguageModel('bert');
    using model = createModel({ backbone, task: taskFor('bert', { name: 'P7' }) });
    const row = { text: 'Bread', object } as ClozeRow;
    const [code, message] = refusalOf(() => model.encode([row]));
    expect(code).toBe('ROW_INVALID');
    expect(message).toContain('Row 0 of "P7"');
    expect(message).toContain(reason);
  });

  it('finds a candidate by its token, however it is written', async () => {
    using backbone = await loadLanguageModel('bert');
    using model = createModel({ backbone, task: taskFor('bert') });
    const [example] = model.encode([{ text: 'Bread', object: ' Lighthouse ' }]);
    expect(example?.example.target).toBe(4);
  });

  it('needs a checkpoint that scores its vocabulary, and a template', async () => {
    using language = await loadLanguageModel('bert');
    const backbone = { ...language, vocabulary: null };
    expect(refusalOf(() => createModel({ backbone, task: taskFor('bert') }))[0]).toBe(
      'BACKBONE_UNSUPPORTED',
    );
    const bare = taskFor('bert', { template: undefined });
    const [code, message] = refusalOf(() => createModel({ backbone: language, task: bare }));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain('"cloze":\n  template: It is missing');
  });

  it.each([
    [{ candidates: ['one'] }, 'at least two candidates'],
    [{ candidates: ['one', 'two', ' one '] }, '"one" is candidate 0 already'],
    [{ candidates: ['one', ' '] }, 'A candidate must not be empty'],
    [{ top: 0 }, 'top'],
    [{ precisionAt: [0] }, 'precisionAt'],
  ])('refuses options such as %j', (rest, reason) => {
    const [code, message] = refusalOf(() => taskFor('bert', rest));
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(reason);
  });
});
