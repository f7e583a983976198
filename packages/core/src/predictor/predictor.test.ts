import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import type { BackbonePrompt } from '../contract/prompt.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { prefixModel, slotModel, tagModel } from './adapter-samples.ts';
import { createPredictor } from './create-predictor.ts';

expect.extend({ toBeAllClose });

let root = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'ptl-predictor-'));
});
afterAll(() => rm(root, { recursive: true }));

const texts = ['the film was good', 'a long bad time', 'it', 'it was a good place and a good time'];
const words = texts.map((text) => text.split(' '));

/** A backbone that counts its passes, and the rows and kinds of prompt of each. */
function counted(): { backbone: Backbone; passes: string[] } {
  const tiny = createTinyBackbone();
  const passes: string[] = [];
  const forward: Backbone['forward'] = (batch, prompt: BackbonePrompt, options) => {
    passes.push(`${batch.size} ${prompt.kind} ${options?.read}`);
    return tiny.forward(batch, prompt, options);
  };
  return { backbone: { ...tiny, forward }, passes };
}

/** Each model's rows for a model. */
function rowsFor(model: TunedModel): readonly object[] {
  const isTagging = model.task.kind === 'token-classification';
  return texts.map((text, index) => (isTagging ? { tokens: words[index] } : { text }));
}

async function expectAlike(backbone: Backbone, models: Record<string, TunedModel>) {
  using predictor = createPredictor({ backbone, adapters: models, batchSize: 64 });
  const requests = texts.flatMap((_, index) =>
    Object.entries(models).map(([adapter, model]) => ({ adapter, row: rowsFor(model)[index] })),
  );
  const results = await predictor.logits(requests);
  for (const [place, { adapter, row }] of requests.entries()) {
    const [expected] = (await models[adapter]?.logits([row ?? {}])) ?? [];
    const result = results[place];
    const actual = result?.ok ? result.value : undefined;
    expect(actual?.shape, adapter).toEqual(expected?.shape);
    expect(actual?.values, adapter).toBeAllClose(expected?.values ?? [], { absolute: 1e-5 });
  }
}

describe('rows of different adapters', () => {
  it('share one pass whatever their kinds, lengths and tasks, and get what they get alone', async () => {
    const { backbone, passes } = counted();
    const models: Record<string, TunedModel> = {
      short: prefixModel(backbone, { length: 2 }, { seed: 1 }),
      long: prefixModel(backbone, { length: 11 }, { seed: 2 }),
      upper: prefixModel(backbone, { length: 5, skip: 1 }, { seed: 3 }),
      front: slotModel(backbone, { length: 3 }, { seed: 4 }),
      inside: slotModel(backbone, { length: 1, at: 'after-first' }, { seed: 5 }),
      end: slotModel(backbone, { length: 2, at: 'end' }, { seed: 6 }),
      tags: tagModel(backbone, 'prefix', 7),
      slots: tagModel(backbone, 'slots', 8),
    };
    await expectAlike(backbone, models);
    expect(passes[0]).toBe('32 combined positions');
    expect(passes.filter((pass) => pass.startsWith('32'))).toHaveLength(1);
  });

  it('run the last layer only for the token that stands for its row, where all are read so', async () => {
    const { backbone, passes } = counted();
    const models = {
      one: prefixModel(backbone, { length: 2 }, { seed: 1 }),
      other: slotModel(backbone, {}, { seed: 2 }),
    };
    await expectAlike(backbone, models);
    expect(passes[0]).toBe('8 combined summary');
  });

  it('have a pass of their own for other positions, PEFT’s rules and weights of their own', async () => {
    const { backbone, passes } = counted();
    const unfrozen = ['encoder.layer.0.output.dense.bias'];
    const trained = prefixModel(backbone, { unfrozen }, { seed: 5 });
    for (const [name, value] of trained.trainableVariables) {
      if (name.startsWith('backbone/')) value.assign(tf.add(value, 1) as typeof value);
    }
    const models: Record<string, TunedModel> = {
      shifted: prefixModel(backbone, {}, { seed: 1 }),
      unshifted: prefixModel(backbone, {}, { seed: 1, positionOffset: 'none' }),
      ours: slotModel(backbone, {}, { seed: 2 }),
      peft: slotModel(backbone, {}, { seed: 2, semantics: 'peft' }),
      trained,
    };
    await expectAlike(backbone, models);
    expect(passes.slice(0, 4).sort()).toEqual([
      '4 layer-prefixes summary',
      '4 layer-prefixes summary',
      '4 virtual-tokens summary',
      '8 combined summary',
    ]);
  });

  it('fill batches of the size that was asked for', async () => {
    const { backbone, passes } = counted();
    const one = prefixModel(backbone);
    using predictor = createPredictor({ backbone, adapters: { one }, batchSize: 3 });
    await predictor.predict(texts.map((text) => ({ adapter: 'one', row: { text } })));
    expect(passes.map((pass) => pass.split(' ')[0])).toEqual(['3', '2']); // One row runs as two.
  });
});

describe('what fails', () => {
  it('is the row or the adapter at fault, and the others are answered', async () => {
    using backbone = createTinyBackbone();
    const good = prefixModel(backbone);
    const broken = join(root, 'broken');
    await good.save(broken);
    await writeFile(join(broken, 'ptl.json'), '{');
    const adapters = { good, broken, missing: join(root, 'missing') };
    using predictor = createPredictor({ backbone, adapters });
    const row = { text: 'the film was good' };
    const results = await predictor.predict([
      { adapter: 'god', row },
      { adapter: 'good', row },
      { adapter: 'good', row: { txt: 'x' } },
      { adapter: 'broken', row },
      { adapter: 'missing', row },
      { adapter: 'good', row: null },
      { adapter: 'good', row },
    ]);
    const [expected] = await good.predict([row]);
    expect(results.map((result) => (result.ok ? 'ok' : result.error.code))).toEqual([
      'ADAPTER_UNKNOWN',
      'ok',
      'ROW_INVALID',
      'FILE_INVALID',
      'FILE_NOT_FOUND',
      'ROW_INVALID',
      'ok',
    ]);
    expect(results[1].ok && results[1].value.label).toBe(expected?.label);
    const [unknown, , invalid] = results;
    expect(unknown.ok ? '' : unknown.error.message).toContain('Did you mean "good"?');
    expect(invalid.ok ? '' : invalid.error.message).toContain('Row 2');
  });

  it('is one row of a batch that the backbone refuses', async () => {
    const tiny = createTinyBackbone();
    const forward: Backbone['forward'] = (batch, ...rest) => {
      if (batch.sequence > 8)
        tiny.forward(batch, { kind: 'virtual-tokens', embeddings: tf.zeros<tf.Rank.R2>([1, 1]) });
      return tiny.forward(batch, ...rest);
    };
    const backbone = { ...tiny, forward };
    using predictor = createPredictor({ backbone, adapters: { one: prefixModel(backbone) } });
    const results = await predictor.predict(
      texts.map((text) => ({ adapter: 'one', row: { text } })),
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true, false]);
  });
});

describe('adapters of a predictor', () => {
  it('are added, replaced and removed between calls, in the order of the calls', async () => {
    using backbone = createTinyBackbone();
    const [one, other] = [
      prefixModel(backbone, {}, { seed: 1 }),
      prefixModel(backbone, {}, { seed: 2 }),
    ];
    await one.save(join(root, 'one'));
    await other.save(join(root, 'other'));
    using predictor = createPredictor({ backbone });
    const request = { adapter: 'it', row: { text: 'the film was good' } };
    const [before, , first, , second, , after] = await Promise.all([
      predictor.predict([request]),
      predictor.add('it', join(root, 'one')),
      predictor.predict([request]),
      predictor.replace('it', join(root, 'other')),
      predictor.predict([request]),
      predictor.remove('it'),
      predictor.predict([request]),
    ]);
    const [expected, replaced] = await Promise.all(
      [one, other].map(async (model) => (await model.predict([request.row]))[0]?.scores.bad),
    );
    const scoreOf = (result: unknown) =>
      (result as { value: { scores: { bad: number } } }).value.scores.bad;
    expect(before[0].ok || after[0].ok).toBe(false);
    expect(scoreOf(first[0])).toBeCloseTo(expected ?? 0, 5);
    expect(scoreOf(second[0])).toBeCloseTo(replaced ?? 0, 5);
    expect(Math.abs((expected ?? 0) - (replaced ?? 0))).toBeGreaterThan(1e-3);
    expect(predictor.adapters).toEqual([]);
  });

  it('refuse a name twice, a name that is not there, and a replacement that cannot be read', async () => {
    using backbone = createTinyBackbone();
    using predictor = createPredictor({ backbone, adapters: { one: prefixModel(backbone) } });
    await expect(predictor.add('one', root)).rejects.toThrow('ADAPTER_DUPLICATE');
    await expect(predictor.replace('two', root)).rejects.toThrow('ADAPTER_UNKNOWN');
    await expect(predictor.remove('two')).rejects.toThrow('ADAPTER_UNKNOWN');
    await expect(predictor.replace('one', root)).rejects.toThrow('FILE_NOT_FOUND');
    const [still] = await predictor.predict([{ adapter: 'one', row: { text: 'it' } }]);
    expect(still.ok).toBe(true);
  });

  it('refuse a model that runs on other weights', () => {
    using backbone = createTinyBackbone();
    const one = prefixModel({ ...backbone, fingerprint: 'other' });
    expect(() => createPredictor({ backbone, adapters: { one } })).toThrow('BACKBONE_MISMATCH');
    expect(() => createPredictor({ backbone, batchSize: 0 })).toThrow('batchSize');
  });

  it('are in memory up to a limit, the one used longest ago makes place for the next', async () => {
    using backbone = createTinyBackbone();
    using model = prefixModel(backbone);
    await model.save(join(root, 'many'));
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await cp(join(root, 'many'), join(root, name), { recursive: true });
    const adapters = Object.fromEntries(names.map((name) => [name, { folder: join(root, name) }]));
    using predictor = createPredictor({ backbone, adapters, maxResidentAdapters: 2 });
    const ask = async (...of: string[]) => {
      const results = await predictor.predict(
        of.map((adapter) => ({ adapter, row: { text: 'it' } })),
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      return predictor.residentAdapters;
    };
    const before = tf.memory().numBytes;
    expect(await ask('a')).toEqual(['a']);
    const size = tf.memory().numBytes - before;
    expect(await ask('b')).toEqual(['a', 'b']);
    expect(await ask('a')).toEqual(['b', 'a']);
    expect(await ask('c')).toEqual(['a', 'c']);
    // Those that are there are asked first, or they would be read again.
    expect(await ask('d', 'a', 'c')).toEqual(['c', 'd']);
    await ask(...names, ...names);
    expect(tf.memory().numBytes - before).toBe(2 * size);
    await rm(join(root, 'c'), { recursive: true });
    await ask('a', 'b');
    const [gone] = await predictor.predict([{ adapter: 'c', row: { text: 'it' } }]);
    expect(gone.ok ? '' : gone.error.code).toBe('FILE_NOT_FOUND');
  });
});

describe('calls at the same time', () => {
  it('share passes, and each gets its own results', async () => {
    const { backbone, passes } = counted();
    const adapters = {
      one: prefixModel(backbone, {}, { seed: 1 }),
      other: slotModel(backbone, {}, { seed: 2 }),
    };
    using predictor = createPredictor({ backbone, adapters });
    const results = await Promise.all(
      texts.map((text) =>
        predictor.predict([
          { adapter: 'one', row: { text } },
          { adapter: 'other', row: { text } },
        ]),
      ),
    );
    expect(passes).toEqual(['8 combined summary']);
    for (const [index, [one, other]] of results.entries()) {
      const row = { text: texts[index] ?? '' };
      expect(one.ok && one.value.label).toBe((await adapters.one.predict([row]))[0]?.label);
      expect(other.ok && other.value.label).toBe((await adapters.other.predict([row]))[0]?.label);
    }
  });
});

describe('memory', () => {
  it('is given back, and a model stays its owner’s', async () => {
    using backbone = createTinyBackbone();
    using model = prefixModel(backbone, { unfrozen: ['pooler.dense.bias'] });
    const before = tf.memory().numTensors;
    const predictor = createPredictor({ backbone, adapters: { model } });
    await predictor.predict([{ adapter: 'model', row: { text: 'it' } }]);
    const served = tf.memory().numTensors;
    await predictor.predict([{ adapter: 'model', row: { text: 'it was' } }]);
    expect(tf.memory().numTensors).toBe(served);
    predictor[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(before);
    const [late] = await predictor.predict([{ adapter: 'model', row: { text: 'it' } }]);
    expect(late.ok ? '' : late.error.code).toBe('TUNER_DISPOSED');
    expect((await model.predict([{ text: 'it' }])).length).toBe(1);
  });
});
