import { createTuner, type FrozenBackbone, type TaskKind, type Tuner } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { pTuningV2 } from './index.ts';

expect.extend({ toBeAllClose });

const backbone = createTinyBackbone();

type Config = Parameters<typeof createTuner<'p-tuning-v2', typeof pTuningV2.configSchema>>[1];

interface Place {
  readonly kind?: TaskKind;
  readonly on?: FrozenBackbone;
}

function create(
  config: Config,
  { kind = 'token-classification', on = backbone }: Place = {},
): Tuner {
  return createTuner(pTuningV2, config, {
    backbone: on,
    task: { kind, labels: ['O', 'B-time'] },
    seed: 1,
  });
}

function read(tuner: Tuner, name: string): number[][] {
  return (tuner.variables.variables.get(name)?.arraySync() ?? []) as number[][];
}

describe('the length', () => {
  it.each([
    ['sequence-classification', 20],
    ['token-classification', 32],
  ] as const)('is for %s, unless given, %i', (kind, length) => {
    using tuner = create({}, { kind });
    expect(tuner.promptLength).toBe(length);
  });

  it('is the one given for the task, and the default of a task that none is given for', () => {
    const promptLength = { 'token-classification': 5 };
    using given = create({ promptLength });
    using other = create({ promptLength }, { kind: 'sequence-classification' });
    expect([given.promptLength, other.promptLength]).toEqual([5, 20]);
  });

  it('is one for all tasks if it is a number', () => {
    using tuner = create({ promptLength: 3 });
    expect(tuner.promptLength).toBe(3);
    expect(tuner.variables.variables.get('encoder/prompt')?.shape).toEqual([3, 32]);
  });
});

it('makes keys and values of the columns in PEFT’s order', () => {
  using tuner = create({ promptLength: 3 });
  const flat = read(tuner, 'encoder/prompt');
  tf.tidy(() => {
    const dropout = <T>(tensor: T): T => tensor;
    const prompt = tuner.prompt({ batchSize: 4, training: false, dropout });
    const layers = prompt.kind === 'layer-prefixes' ? prompt.sites.encoder : undefined;
    expect(layers).toHaveLength(2);
    const values = layers?.[1]?.values;
    expect(values?.shape).toEqual([2, 3, 4]);
    // Layer 1, values, both heads: columns (1 * 2 + 1) * 8 and up.
    const expected = [24, 28].flatMap((start) =>
      flat.flatMap((row) => row.slice(start, start + 4)),
    );
    expect(values?.dataSync()).toBeAllClose(expected, { absolute: 0, relative: 0 });
  });
});

it('computes tanh(E W₁ᵀ + b₁) W₂ᵀ + b₂ through the MLP', () => {
  using tuner = create({ promptLength: 3, reparameterization: { hiddenSize: 5 } });
  const weights = (layer: string) => read(tuner, `encoder/mlp/${layer}/weight`);
  // Biases start at zero.
  const multiply = (x: number[], rows: number[][]) =>
    rows.map((row) => row.reduce((sum, weight, at) => sum + weight * (x[at] ?? 0), 0));
  const flat = read(tuner, 'encoder/embedding').map((row) =>
    multiply(multiply(row, weights('inner')).map(Math.tanh), weights('outer')),
  );
  tf.tidy(() => {
    const dropout = <T>(tensor: T): T => tensor;
    const prompt = tuner.prompt({ batchSize: 1, training: false, dropout });
    const keys = prompt.kind === 'layer-prefixes' ? prompt.sites.encoder?.[0]?.keys : undefined;
    const expected = [0, 4].flatMap((start) => flat.flatMap((row) => row.slice(start, start + 4)));
    expect(keys?.dataSync()).toBeAllClose(expected, { absolute: 1e-9, relative: 1e-4 });
  });
});

it('starts as BERT’s own weights would', () => {
  using tuner = create({ promptLength: 100, reparameterization: { hiddenSize: 64 } });
  for (const [name, variable] of tuner.variables.variables) {
    const values = variable.dataSync<'float32'>();
    const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    if (name.endsWith('bias')) expect(square, name).toBe(0);
    else expect(Math.abs(Math.sqrt(square) - 0.02), name).toBeLessThan(0.002);
  }
});

it('starts from values of the deviation that the config asks for', () => {
  using tuner = create({ promptLength: 100, standardDeviation: 0.3 });
  const values = read(tuner, 'encoder/prompt').flat();
  const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  expect(Math.sqrt(square)).toBeCloseTo(0.3, 1);
});

it('drops a tenth of the keys and values unless told otherwise, and lets the backbone drop too', () => {
  const rates: number[] = [];
  const dropout = <T extends tf.Tensor>(tensor: T, rate: number): T => {
    rates.push(rate);
    return tensor;
  };
  for (const config of [{}, { dropout: 0.2, frozenDropout: false }]) {
    using tuner = create(config);
    expect(tuner.frozenDropout).toBe(!('dropout' in config));
    tf.tidy(() => {
      tuner.prompt({ batchSize: 1, training: true, dropout });
    });
  }
  expect(rates).toEqual([0.1, 0.2]);
});

it('has prompts of their own for each attention site', () => {
  const geometry = { ...backbone.geometry, attentionSites: ['decoder', 'cross'] as const };
  using tuner = create({ promptLength: 2 }, { on: { ...backbone, geometry } });
  expect([...tuner.variables.variables.keys()]).toEqual(['decoder/prompt', 'cross/prompt']);
  expect(read(tuner, 'decoder/prompt')).not.toEqual(read(tuner, 'cross/prompt'));
  tf.tidy(() => {
    const dropout = <T>(tensor: T): T => tensor;
    const prompt = tuner.prompt({ batchSize: 1, training: false, dropout });
    const sites = prompt.kind === 'layer-prefixes' ? prompt.sites : {};
    for (const site of ['decoder', 'cross'] as const) {
      // A row begins with the key of layer 0, that of both heads.
      const keys = sites[site]?.[0]?.keys ?? tf.zeros<tf.Rank.R3>([1, 1, 1]);
      const rows = read(tuner, `${site}/prompt`).map((row) => row.slice(0, 8));
      expect([...tf.transpose(keys, [1, 0, 2]).dataSync()]).toEqual(rows.flat());
    }
  });
});
