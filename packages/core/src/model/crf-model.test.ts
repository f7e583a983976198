import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { createPredictor } from '../predictor/create-predictor.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { bareMethod } from '../testing/bare-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { train } from '../trainer/train.ts';
import { averageAdapters } from './average-adapters.ts';
import { createModel } from './create-model.ts';
import { loadModel } from './load-model.ts';

const labels = ['O', 'B-X', 'I-X'];
const words = ['the', 'film', 'was', 'long', 'a', 'good', 'place'];
/** The word alone does not tell: what follows "a" is inside, whatever it is. */
const rows = Array.from({ length: 12 }, (_, row) => {
  const tokens = Array.from({ length: 1 + (row % 6) }, (_, at) => words[(row + at * 3) % 7] ?? '');
  const tags = tokens.map((token, at) =>
    token === 'a' ? 'B-X' : tokens[at - 1] === 'a' ? 'I-X' : 'O',
  );
  return { tokens, tags };
});
const config = { layout: { kind: 'placed', at: 'front', length: 2 } } as const;

let folder = '';
let backbone: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-crf-'));
  backbone = createTinyBackbone();
});
afterAll(async () => {
  backbone[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

function create(seed: number, crf = true) {
  const task = tokenClassification({ labels, crf });
  return createModel({ backbone, method: bareMethod, config, task, seed });
}

describe('a model with a CRF', () => {
  it('trains its scores, counts them, and is the same after it was saved and loaded', async () => {
    using model = create(1);
    using plain = create(1, false);
    expect(model.parameters.trainable - plain.parameters.trainable).toBe(3 * 3 + 2 * 3);
    const transitions = model.trainableVariables.get('head/crf/transitions');
    const [start] = transitions?.dataSync() ?? [];
    expect(Math.abs(start ?? 1)).toBeLessThan(0.1);
    const before = await model.evaluate(rows);
    await train(model, { train: rows, epochs: 15, learningRate: 0.1, progress: 'none' });
    const after = await model.evaluate(rows);
    expect(after.loss).toBeLessThan(before.loss / 2);
    // Nothing inside follows what is outside: from O to I-X.
    expect(transitions?.dataSync()[2]).toBeLessThan(-0.5);
    await model.save(join(folder, 'model'));
    using loaded = await loadModel(join(folder, 'model'), { backbone });
    expect(await loaded.evaluate(rows)).toEqual(after);
    expect(await loaded.predict(rows)).toEqual(await model.predict(rows));
  }, 30_000);

  it('gives raw logits of tokens, without the scores that stand behind them', async () => {
    using model = create(1);
    const [logits] = await model.logits([{ tokens: ['the', 'film'] }]);
    expect(logits?.shape).toEqual([4, 3]);
    expect(logits?.values).toHaveLength(12);
  });

  it('does not depend on the rows beside a row', async () => {
    using model = create(2);
    const alone = await Promise.all(rows.map((row) => model.evaluate([row])));
    const count = rows.reduce((sum, { tokens }) => sum + tokens.length, 0);
    const mean = alone.reduce(
      (sum, { loss }, row) => sum + (loss * (rows[row]?.tokens.length ?? 0)) / count,
      0,
    );
    expect((await model.evaluate(rows)).loss).toBeCloseTo(mean, 5);
  });

  it('is resumed with the bits it would have had', async () => {
    const run = async (name: string, stopAt?: number): Promise<string> => {
      using model = create(3);
      const controller = new AbortController();
      await train(model, {
        train: rows,
        epochs: 2,
        batchSize: 5,
        progress: 'none',
        seed: 4,
        signal: controller.signal,
        checkpoint: { folder: join(folder, name), resume: true },
        onEvent: ({ type, step }) => {
          if (type === 'step' && step === stopAt) controller.abort();
        },
      }).catch(() => undefined);
      return await readFile(join(folder, name, 'adapter_model.safetensors'), 'hex');
    };
    const whole = await run('whole');
    expect(await run('parts', 3)).not.toEqual(whole);
    expect(await run('parts')).toEqual(whole);
  });

  it('is served beside others in one batch, with the same tags as alone', async () => {
    const models = { one: create(4), other: create(5), plain: create(6, false) };
    for (const model of [models.one, models.other]) {
      const transitions = model.trainableVariables.get('head/crf/transitions');
      transitions?.assign(tf.mul(transitions, 60) as typeof transitions);
    }
    using predictor = createPredictor({ backbone, adapters: models, batchSize: 64 });
    const requests = rows.flatMap(({ tokens }) =>
      Object.keys(models).map((adapter) => ({ adapter, row: { tokens } })),
    );
    const results = await predictor.predict(requests);
    const [one, other] = [await models.one.predict(rows), await models.other.predict(rows)];
    expect(one).not.toEqual(other);
    const plain = await models.plain.predict(rows);
    const expected = rows.flatMap((_, row) => [one[row], other[row], plain[row]]);
    expect(results.map((result) => result.ok && result.value)).toEqual(expected);
    for (const model of Object.values(models)) model[Symbol.dispose]();
  });

  it('is refused for PEFT, which has no such scores', async () => {
    using model = create(1);
    const saved = model.save(join(folder, 'peft'), { exportPeft: 'required' });
    await expect(saved).rejects.toThrow(/PEFT_INEXPRESSIBLE.*PEFT has no CRF/);
  });

  it('is averaged with models that have such scores too, and with no others', () => {
    using one = create(1);
    using other = create(2);
    using plain = create(3, false);
    using mean = averageAdapters([one, other]);
    const [half, a, b] = [mean, one, other].map(
      (model) => model.trainableVariables.get('head/crf/transitions')?.dataSync()[0] ?? Number.NaN,
    );
    expect(half).toBeCloseTo(((a ?? 0) + (b ?? 0)) / 2, 6);
    expect(() => averageAdapters([one, plain])).toThrow(/CONFIG_INVALID.*head/s);
  });
});
