import { readFileSync } from 'node:fs';
import { createTuner, type Tuner } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { pTuning } from './index.ts';

expect.extend({ toBeAllClose });

interface Parameter {
  readonly value: readonly number[];
  readonly gradient: readonly number[];
}

/** One entry of encoders.json, which make_encoders.py wrote. */
interface ReferenceEncoder {
  readonly encoder: 'lstm' | 'mlp';
  readonly slots: number;
  readonly units: number;
  readonly layers: number;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly coefficients: readonly number[];
  readonly output: readonly number[];
}

const fixture = new URL('../fixtures/encoders.json', import.meta.url);
const references = JSON.parse(readFileSync(fixture, 'utf8')) as readonly ReferenceEncoder[];
const backbone = createTinyBackbone();
const task = { kind: 'sequence-classification', labels: ['no', 'yes'] } as const;
const request = { batchSize: 1, training: false, dropout: <T>(tensor: T): T => tensor };
const tolerance = { absolute: 1e-5, relative: 1e-5 };

describe.each(references)(
  'the $encoder encoder of $slots slots with $layers layers',
  (reference) => {
    it('gives the virtual tokens that PEFT gives', () => {
      using tuner = createReferenceTuner(reference);
      tf.tidy(() => {
        expect(virtualTokens(tuner).dataSync()).toBeAllClose(reference.output, tolerance);
      });
    });

    it('passes each variable the gradient that PyTorch passes it', () => {
      using tuner = createReferenceTuner(reference);
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const tokens = virtualTokens(tuner);
          return tf.sum(tf.mul(tokens, tf.tensor(reference.coefficients, tokens.shape)));
        });
        for (const [name, { name: globalName }] of tuner.variables.variables) {
          const gradient = parameterOf(reference, name, 'gradient');
          expect(grads[globalName]?.dataSync(), name).toBeAllClose(gradient, tolerance);
        }
      });
    });

    it('has as many parameters as PEFT’s', () => {
      using tuner = createReferenceTuner(reference);
      const sizes = Object.values(reference.parameters).map(({ value }) => value.length);
      expect(tuner.variables.parameterCount).toBe(sizes.reduce((sum, size) => sum + size, 0));
    });
  },
);

it('drops values between the layers of the LSTM only, and in training only', () => {
  const drops: string[] = [];
  const dropout = <T extends tf.Tensor>(tensor: T, rate: number, name: string): T => {
    drops.push(`${name} ${rate} ${tensor.shape}`);
    return tensor;
  };
  const config = { encoderDropout: 0.25, encoderLayers: 3, encoderHiddenSize: 5 };
  using tuner = createTuner(pTuning, config, { backbone, task, seed: 0 });
  tf.tidy(() => {
    tuner.prompt({ ...request, training: true, dropout });
  });
  expect(drops).toEqual(['lstm 0.25 6,10', 'lstm 0.25 6,10']);
});

it('takes half the embedding size for each direction of the LSTM, and all of it for the MLP', () => {
  using lstm = createTuner(pTuning, {}, { backbone, task, seed: 0 });
  using mlp = createTuner(pTuning, { encoder: 'mlp' }, { backbone, task, seed: 0 });
  expect(lstm.variables.variables.get('lstm/0/recurrent/weight')?.shape).toEqual([2, 16, 4]);
  expect(mlp.variables.variables.get('mlp/1/weight')?.shape).toEqual([8, 8]);
});

it.each([
  ['lstm', 1],
  ['mlp', 1],
  ['none', 0.02],
] as const)('starts the embeddings of the encoder %s from N(0, %d²)', (encoder, deviation) => {
  const config = { template: '{prompt:200} {text}', encoder };
  using tuner = createTuner(pTuning, config, { backbone, task, seed: 0 });
  const values = tuner.variables.variables.get('embedding')?.dataSync<'float32'>() ?? [];
  const squares = Array.from(values, (value) => value ** 2);
  const square = squares.reduce((sum, value) => sum + value, 0) / squares.length;
  expect(Math.sqrt(square) / deviation).toBeCloseTo(1, 1);
});

it('lets the backbone drop values where the config says so', () => {
  for (const frozenDropout of [true, false]) {
    using tuner = createTuner(pTuning, { frozenDropout }, { backbone, task, seed: 0 });
    expect(tuner.frozenDropout).toBe(frozenDropout);
  }
});

describe('a placement', () => {
  it.each(['front', 'after-first', 'end'] as const)(
    'stands in place of the template: %s',
    (placement) => {
      using tuner = createTuner(
        pTuning,
        { placement, promptLength: 4 },
        { backbone, task, seed: 0 },
      );
      expect(tuner.layout).toEqual({ kind: 'placed', at: placement, length: 4 });
      expect(tuner.promptLength).toBe(4);
      expect(tuner.variables.variables.get('embedding')?.shape).toEqual([4, 8]);
    },
  );

  it('has 20 virtual tokens where no length is given', () => {
    using tuner = createTuner(pTuning, { placement: 'front' }, { backbone, task, seed: 0 });
    expect(tuner.promptLength).toBe(20);
  });

  it('encodes the virtual tokens of a template of as many slots', () => {
    const config = { encoder: 'mlp' } as const;
    const options = { backbone, task, seed: 0 };
    using placed = createTuner(pTuning, { ...config, placement: 'end', promptLength: 6 }, options);
    using inTemplate = createTuner(pTuning, config, options);
    tf.tidy(() => {
      expect(virtualTokens(placed).dataSync()).toEqual(virtualTokens(inTemplate).dataSync());
    });
  });

  it.each([
    [{ placement: 'front', template: '{text} {prompt:1}' }, 'placement: Expected a template or'],
    [{ promptLength: 3 }, 'promptLength: Expected a placement'],
    [{ promptLength: 3, template: '{text} {prompt:1}' }, 'promptLength: Expected a placement'],
  ] as const)('is refused beside what contradicts it: %j', (config, problem) => {
    const create = () => createTuner(pTuning, config, { backbone, task, seed: 0 });
    expect(create).toThrow(problem);
  });
});

function createReferenceTuner(reference: ReferenceEncoder): Tuner {
  const { encoder, units, layers, slots } = reference;
  const config = {
    template: slots === 1 ? '{text} {prompt:1}' : `{prompt:2} {text} {prompt:${slots - 2}}`,
    encoder,
    encoderHiddenSize: units,
    encoderLayers: layers,
  };
  const tuner = createTuner(pTuning, config, { backbone, task, seed: 0 });
  tf.tidy(() => {
    for (const [name, variable] of tuner.variables.variables) {
      variable.assign(tf.tensor(parameterOf(reference, name, 'value'), variable.shape));
    }
  });
  return tuner;
}

function virtualTokens(tuner: Tuner): tf.Tensor {
  const prompt = tuner.prompt(request);
  if (prompt.kind !== 'virtual-tokens') throw new TypeError('P-tuning makes virtual tokens.');
  return prompt.embeddings;
}

/** PEFT's numbers for one of our variables; ours hold both directions, one after the other. */
function parameterOf(
  { parameters }: ReferenceEncoder,
  name: string,
  part: keyof Parameter,
): number[] {
  return namesInPeft(name).flatMap((peftName) => [...(parameters[peftName]?.[part] ?? [])]);
}

function namesInPeft(name: string): string[] {
  const [room, layer, ...rest] = name.split('/');
  if (room === 'embedding') return ['embedding.weight'];
  if (room === 'mlp') return [`mlp_head.${2 * Number(layer)}.${rest[0]}`];
  const [source, parameter] = rest;
  const stem = `lstm_head.${parameter}_${source === 'input' ? 'ih' : 'hh'}_l${layer}`;
  return [stem, `${stem}_reverse`];
}
