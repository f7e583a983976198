import { readFileSync } from 'node:fs';
import {
  type Backbone,
  createBackbone,
  createModel,
  createWeights,
  parseSafetensors,
  sequenceClassification,
  train,
} from '@ptl/core';
import { toBeAllClose } from '@ptl/core/testing';
import { pTuning } from '@ptl/p-tuning';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { decoderParameters } from '../../../packages/core/src/backbone/decoder/decoder-parameters.ts';
import { parameterShapes } from '../../../packages/core/src/backbone/encoder/parameter-shapes.ts';
import { readDecoder, readEncoder } from '../../../packages/core/src/backbone/families.ts';
import { hashed, hashedWeights } from '../../../packages/core/src/testing/hashed-weights.ts';
import { createTinyTokenizer } from '../../../packages/core/src/testing/tiny-tokenizer.ts';
import { useTestEngine } from '../use-test-engine.ts';

interface Stored {
  readonly steps: number;
  readonly rate: number;
  readonly decay: number;
  readonly rows: Readonly<Record<string, readonly number[]>>;
  readonly labels: readonly number[];
  readonly configs: Readonly<Record<string, unknown>>;
  readonly cases: readonly {
    readonly family: string;
    readonly method: string;
    readonly losses: readonly number[];
    readonly variables: readonly string[];
  }[];
}

// Written by fixtures/make_training.py.
const fixtures = new URL('../../fixtures/', import.meta.url);
const stored: Stored = JSON.parse(readFileSync(new URL('training.json', fixtures), 'utf8'));
const file = 'training.safetensors';
const bytes = new Uint8Array(readFileSync(new URL(file, fixtures)));
const trained = await createWeights(parseSafetensors(bytes, file).tensors, file);
const tokenizer = createTinyTokenizer();
const labels = ['none', 'some', 'all'] as const;

expect.extend({ toBeAllClose });

function load(family: string): Backbone {
  const config = stored.configs[family];
  const isEncoder = family === 'bert';
  const { checkpointPrefix } = isEncoder
    ? readEncoder(config, family)
    : readDecoder(config, family);
  const parameters = isEncoder
    ? parameterShapes(readEncoder(config, family), () => true)
    : decoderParameters(readDecoder(config, family), () => false);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const weights = hashedWeights(shapes, checkpointPrefix);
  return createBackbone({ id: family, config, weights, tokenizer });
}

function modelOf(backbone: Backbone, method: string) {
  const task = sequenceClassification({ labels });
  const common = { backbone, task, semantics: 'peft' } as const;
  if (method === 'prompt-tuning') {
    return createModel({ ...common, method: promptTuning, config: { promptLength: 4 } });
  }
  if (method === 'p-tuning-mlp' || method === 'p-tuning-lstm') {
    const encoder =
      method === 'p-tuning-mlp'
        ? ({ encoder: 'mlp', encoderHiddenSize: 8 } as const)
        : ({ encoder: 'lstm', encoderHiddenSize: 3, encoderLayers: 2 } as const);
    const config = { placement: 'front', promptLength: 4, ...encoder } as const;
    return createModel({ ...common, method: pTuning, config });
  }
  const reparameterization = method === 'prefix' ? null : { hiddenSize: 24 };
  const config = { prefixLength: 4, reparameterization };
  return createModel({ ...common, method: prefix, config });
}

describe.each(stored.cases)('$method on $family', ({ family, method, losses, variables }) => {
  it.for(['tensorflow', 'wasm'] as const)(
    'is after five steps on %s what it is in PEFT',
    async (engine, context) => {
      await useTestEngine(engine, context);
      using backbone = load(family);
      using model = modelOf(backbone, method);
      expect([...model.trainableVariables.keys()].sort()).toEqual(variables);
      for (const [name, variable] of model.trainableVariables) {
        variable.assign(tf.tensor(hashed(name, variable.shape), variable.shape));
      }
      const rows = Object.keys(stored.rows).map((text, row) => ({
        text,
        label: labels[stored.labels[row] ?? 0] ?? 'none',
      }));
      const seen: number[] = [];
      await train(model, {
        train: rows,
        epochs: stored.steps,
        batchSize: rows.length,
        learningRate: stored.rate,
        weightDecay: stored.decay,
        schedule: 'constant',
        clipNorm: null,
        progress: 'none',
        onEvent: (event) => {
          if (event.type === 'step') seen.push(event.loss);
        },
      });
      expect(seen).toBeAllClose(losses, { relative: 1e-4, absolute: 1e-5 });
      for (const [name, variable] of model.trainableVariables) {
        const wanted = trained.float32(`${family}.${method}.${name}`);
        const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const tolerance = { relative: 0, absolute: 1e-4 * largest };
        expect(variable.dataSync(), name).toBeAllClose(wanted, tolerance);
      }
    },
  );
});

it('reads the same tokens as the stored rows', () => {
  for (const [text, ids] of Object.entries(stored.rows)) {
    expect(tokenizer.assemble(tokenizer.tokenize(text)).inputIds).toEqual(ids);
  }
});
