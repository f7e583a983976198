import { readFileSync } from 'node:fs';
import { adamW, createModel, type TunedModel, train, verbalizedClassification } from '@ptl/core';
import { toBeAllClose } from '@ptl/core/testing';
import { useEngine } from '@ptl/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  isDecoder,
  loadLanguageModel,
  verbalizers,
} from '../../../../packages/core/src/task/verbalized-case.ts';
import { hashed } from '../../../../packages/core/src/testing/hashed-weights.ts';
import { fullFineTuning } from './full-fine-tuning.ts';

expect.extend({ toBeAllClose });

interface Stored {
  readonly settings: {
    readonly steps: number;
    readonly rate: number;
    readonly decay: number;
    readonly epsilon: number;
  };
  readonly labels: readonly number[];
  readonly cases: Readonly<
    Record<
      string,
      {
        /** Before each step, and after the last. */
        readonly losses: readonly number[];
        /** By the names of Transformers' models. */
        readonly weights: Readonly<Record<string, readonly [gradient: number, change: number]>>;
      }
    >
  >;
}

// Written by make_pattern_tuning.py.
const fixture = new URL('../../../../packages/core/fixtures/pattern-tuning.json', import.meta.url);
const { settings, labels, cases }: Stored = JSON.parse(readFileSync(fixture, 'utf8'));
const names = Object.keys(verbalizers.words);
const rows = verbalizers.texts.map((text, row) => ({
  text,
  label: names[labels[row] ?? 0] ?? '',
}));

beforeAll(async () => {
  await useEngine({ engine: 'wasm', onMessage: () => undefined });
});

async function createPatternTuned(name: string) {
  const backbone = await loadLanguageModel(name);
  const template = isDecoder(name) ? '{text} It was {mask}' : '{text} It was {mask}.';
  const task = verbalizedClassification<string>({
    labels: names,
    words: verbalizers.words,
    template,
  });
  const config = { frozenDropout: false };
  const model = createModel({ backbone, method: fullFineTuning, config, task });
  return { backbone, model };
}

/** Variables by the names that Transformers' models give them. */
function variablesOf(model: TunedModel<never>): Map<string, tf.Variable> {
  return new Map(
    [...model.trainableVariables].map(([name, variable]) => [
      model.backbone.taskModelName(name.replace('backbone/', '')),
      variable,
    ]),
  );
}

function alongOf(name: string, values: tf.Tensor): number {
  const direction = hashed(`along ${name}`, values.shape);
  return values
    .dataSync<'float32'>()
    .reduce((sum, value, at) => sum + value * (direction[at] ?? 0), 0);
}

// PET: a pattern and a verbalizer, with the whole language model trained.
describe.each(Object.keys(cases))('pattern-exploiting training of %s', (name) => {
  const { losses = [], weights = {} } = cases[name] ?? {};

  it('reaches every weight of the language model with PyTorch’s gradient', async () => {
    const { backbone, model } = await createPatternTuned(name);
    const variables = variablesOf(model);
    expect([...variables.keys()].sort()).toEqual(Object.keys(weights).sort());
    const examples = model.encode(rows);
    const { value, grads } = tf.variableGrads(() => {
      const { sum, count } = model.loss(examples, 0);
      return tf.div(sum, count);
    }, [...variables.values()]);
    expect(value.dataSync()[0]).toBeCloseTo(losses[0] ?? 0, 5);
    for (const [parameter, variable] of variables) {
      const gradient = grads[variable.name] ?? tf.zeros(variable.shape);
      const wanted = weights[parameter]?.[0] ?? Number.NaN;
      expect([alongOf(parameter, gradient)], parameter).toBeAllClose([wanted], {
        absolute: 2e-5,
        relative: 1e-4,
      });
    }
    model[Symbol.dispose]();
    backbone[Symbol.dispose]();
  });

  it('moves every weight as PyTorch’s AdamW does, the words that read the text and score it in one', async () => {
    const { backbone, model } = await createPatternTuned(name);
    const before = new Map(
      [...variablesOf(model)].map(([parameter, variable]) => [parameter, variable.clone()]),
    );
    const { steps, rate, decay, epsilon } = settings;
    const seen: number[] = [];
    await train(model, {
      train: rows,
      epochs: steps,
      batchSize: rows.length,
      learningRate: rate,
      optimizer: adamW({ epsilon, weightDecay: decay }),
      schedule: 'constant',
      clipNorm: null,
      progress: 'none',
      onEvent: (event) => event.type === 'step' && seen.push(event.loss),
    });
    seen.push((await model.evaluate(rows)).loss);
    expect(seen).toBeAllClose(losses, { relative: 1e-4, absolute: 1e-5 });
    for (const [parameter, variable] of variablesOf(model)) {
      const change = tf.sub(variable, before.get(parameter) ?? 0);
      const wanted = weights[parameter]?.[1] ?? Number.NaN;
      expect([alongOf(parameter, change)], parameter).toBeAllClose([wanted], {
        absolute: 1e-4,
        relative: 1e-3,
      });
    }
    model[Symbol.dispose]();
    backbone[Symbol.dispose]();
  });
});
