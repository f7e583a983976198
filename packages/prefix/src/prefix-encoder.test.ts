import { createTuner, type FrozenBackbone, type LayerPrefix, type Tuner } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { prefix } from './index.ts';

expect.extend({ toBeAllClose });

const backbone = createTinyBackbone();
const task = { kind: 'sequence-classification', labels: ['no', 'yes'] } as const;
const evaluation = { batchSize: 2, training: false, dropout: <T>(tensor: T): T => tensor };

type Config = Parameters<typeof createTuner<'prefix', typeof prefix.configSchema>>[1];

function create(config: Config, on: FrozenBackbone = backbone): Tuner {
  return createTuner(prefix, config, { backbone: on, task, seed: 3 });
}

/** Layers of one site. Called inside a tidy. */
function layersOf(tuner: Tuner, site: 'encoder' | 'decoder' | 'cross' = 'encoder'): LayerPrefix[] {
  const prompt = tuner.prompt(evaluation);
  if (prompt.kind !== 'layer-prefixes') throw new TypeError('Prefix-tuning makes layer prefixes.');
  return (prompt.sites[site] ?? []).filter((layer) => layer !== null);
}

function valuesOf(layers: readonly LayerPrefix[]): number[] {
  return layers.flatMap(({ keys, values }) => [...keys.dataSync(), ...values.dataSync()]);
}

function read(tuner: Tuner, name: string): number[][] {
  return (tuner.variables.variables.get(name)?.arraySync() ?? []) as number[][];
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('the MLP', () => {
  it('computes tanh(E W₁ᵀ + b₁) W₂ᵀ + b₂', () => {
    using tuner = create({ prefixLength: 3, reparameterization: { hiddenSize: 5 } });
    const [inner, outer] = ['encoder/mlp/inner', 'encoder/mlp/outer'];
    const linear = (x: number[], name: string) =>
      read(tuner, `${name}/weight`).map((row, unit) =>
        row.reduce(
          (sum, weight, input) => sum + weight * (x[input] ?? 0),
          Number(read(tuner, `${name}/bias`)[unit]),
        ),
      );
    const flat = read(tuner, 'encoder/embedding').map((row) =>
      linear(linear(row, inner).map(Math.tanh), outer),
    );
    tf.tidy(() => {
      for (const [layer, { keys, values }] of layersOf(tuner).entries()) {
        for (const [kind, tensor] of [keys, values].entries()) {
          // Two heads of size 4, so that a layer has 8 columns of keys and 8 of values.
          const start = (layer * 2 + kind) * 8;
          const expected = [0, 1].flatMap((head) =>
            flat.flatMap((row) => row.slice(start + head * 4, start + head * 4 + 4)),
          );
          expect(tensor.shape).toEqual([2, 3, 4]);
          expect(tensor.dataSync()).toBeAllClose(expected);
        }
      }
    });
  });

  it('starts as PyTorch starts its layers, behind an embedding from N(0, 0.02²)', () => {
    using tuner = create({ prefixLength: 200, reparameterization: { hiddenSize: 64 } });
    expect(deviationOf(read(tuner, 'encoder/embedding').flat())).toBeCloseTo(0.02, 2);
    const largest = (name: string) => Math.max(...read(tuner, name).flat().map(Math.abs));
    for (const [layer, inputs] of Object.entries({ inner: 8, outer: 64 })) {
      const limit = 1 / Math.sqrt(inputs);
      for (const parameter of ['weight', 'bias']) {
        expect(largest(`encoder/mlp/${layer}/${parameter}`)).toBeLessThanOrEqual(limit);
        expect(largest(`encoder/mlp/${layer}/${parameter}`)).toBeGreaterThan(0.9 * limit);
      }
    }
  });
});

describe('initialization', () => {
  it('draws a direct prefix from N(0, 0.02²)', () => {
    using tuner = create({ prefixLength: 200, reparameterization: null });
    const deviation = deviationOf(read(tuner, 'encoder/prefix').flat());
    expect(Math.abs(deviation - 0.02)).toBeLessThan(0.001);
  });

  it.each([null, { hiddenSize: 6 }])('starts at zero with the MLP %j', (reparameterization) => {
    using tuner = create({ prefixLength: 3, reparameterization, initialization: 'zero' });
    tf.tidy(() => {
      expect(valuesOf(layersOf(tuner)).every((value) => value === 0)).toBe(true);
    });
  });

  it.each([
    [null, 1e-7],
    [{ hiddenSize: 16 }, 1e-3],
  ])('takes the keys and values of a text, repeated, with the MLP %j', (mlp, absolute) => {
    const initialization = { text: 'a good film' };
    using tuner = create({ prefixLength: 7, reparameterization: mlp, initialization });
    tf.tidy(() => {
      const order = tf.tensor1d([0, 1, 2, 0, 1, 2, 0], 'int32');
      const expected = backbone.keysAndValuesOf(backbone.tokenize('a good film'));
      const repeated = expected.map(({ keys, values }) => ({
        keys: tf.gather(keys, order, 1),
        values: tf.gather(values, order, 1),
      }));
      expect(valuesOf(layersOf(tuner))).toBeAllClose(valuesOf(repeated), { absolute });
    });
  });

  it('cuts a text that is longer than the prefix', () => {
    const config = { prefixLength: 2, reparameterization: null };
    using short = create({ ...config, initialization: { text: 'a good' } });
    using long = create({ ...config, initialization: { text: 'a good film' } });
    expect(read(long, 'encoder/prefix')).toEqual(read(short, 'encoder/prefix'));
  });

  it('comes as near to a text as least squares allow where the MLP has too few units', () => {
    const reparameterization = { hiddenSize: 3 };
    const initialization = { text: 'it was a long time a good place' };
    using tuner = create({ prefixLength: 8, reparameterization, initialization });
    using exact = create({ prefixLength: 8, reparameterization: null, initialization });
    tf.tidy(() => {
      const tensor = (name: string) => tf.tensor(read(tuner, `encoder/${name}`));
      const linear = (x: tf.Tensor, name: string) =>
        tf.add(tf.matMul(x, tensor(`${name}/weight`), false, true), tensor(`${name}/bias`));
      const hidden = tf.tanh(linear(tensor('embedding'), 'mlp/inner'));
      const residual = tf.sub(linear(hidden, 'mlp/outer'), read(exact, 'encoder/prefix'));
      expect(tf.max(tf.abs(residual)).dataSync()[0]).toBeGreaterThan(0.1);
      // The best fit leaves nothing that the units or the bias could still explain.
      const unexplained = tf.concat([tf.matMul(hidden, residual, true), tf.sum(residual, 0, true)]);
      expect(tf.max(tf.abs(unexplained)).dataSync()[0]).toBeLessThan(1e-2);
    });
  });

  it('refuses a text without tokens', () => {
    const config = { reparameterization: null, initialization: { text: '\u0000' } };
    const message = /CONFIG_INVALID.*\n {2}initialization\.text: .* has no tokens/;
    expect(() => create(config)).toThrow(message);
  });
});

describe('attention sites', () => {
  const attentionSites = ['encoder', 'decoder', 'cross'] as const;
  const several = { ...backbone, geometry: { ...backbone.geometry, attentionSites } };

  it('have a prefix each', () => {
    using tuner = create({ prefixLength: 2, reparameterization: { hiddenSize: 5 } }, several);
    using single = create({ prefixLength: 2, reparameterization: { hiddenSize: 5 } });
    expect(tuner.variables.parameterCount).toBe(3 * single.variables.parameterCount);
    tf.tidy(() => {
      const [encoder, decoder, cross] = attentionSites.map((site) => layersOf(tuner, site));
      expect(valuesOf(encoder ?? [])).not.toEqual(valuesOf(decoder ?? []));
      expect(valuesOf(decoder ?? [])).not.toEqual(valuesOf(cross ?? []));
    });
  });

  it('are those that the config names', () => {
    using tuner = create({ prefixLength: 2, sites: ['cross', 'decoder'] }, several);
    tf.tidy(() => {
      const prompt = tuner.prompt(evaluation);
      const sites = prompt.kind === 'layer-prefixes' ? Object.keys(prompt.sites) : [];
      expect(sites).toEqual(['cross', 'decoder']);
    });
  });

  it('must be some of the backbone, each once', () => {
    const message = /METHOD_INCOMPATIBLE.* has no "cross" attention, only encoder/;
    expect(() => create({ sites: ['encoder', 'cross'] })).toThrow(message);
    expect(() => create({ sites: ['decoder', 'decoder'] }, several)).toThrow(/named once/);
    expect(() => create({ sites: [] }, several)).toThrow('CONFIG_INVALID');
  });

  it('start from a text in the encoder only, whose keys and values it has', () => {
    const config = { initialization: { text: 'a film' }, reparameterization: null };
    expect(() => create(config, several)).toThrow(/METHOD_INCOMPATIBLE.* not for "decoder"/);
    using tuner = create({ ...config, sites: ['encoder'] }, several);
    using single = create(config);
    expect(read(tuner, 'encoder/prefix')).toEqual(read(single, 'encoder/prefix'));
  });

  it('have the heads of keys and values, of the size that the backbone says', () => {
    const geometry = { ...backbone.geometry, numKeyValueHeads: 1, headSize: 3 };
    using tuner = create({ prefixLength: 5 }, { ...backbone, geometry });
    tf.tidy(() => {
      for (const { keys, values } of layersOf(tuner)) {
        expect([keys.shape, values.shape]).toEqual([
          [1, 5, 3],
          [1, 5, 3],
        ]);
      }
    });
  });
});

it('drops keys and values by the rate of its config, and lets the backbone drop on request', () => {
  using tuner = create({ prefixLength: 2, dropout: 0.25, frozenDropout: true });
  using plain = create({});
  expect([tuner.frozenDropout, plain.frozenDropout]).toEqual([true, false]);
  const drops: unknown[] = [];
  const dropout = <T extends tf.Tensor>(tensor: T, rate: number, name: string): T => {
    drops.push([tensor.shape, rate, name]);
    return tf.zerosLike(tensor);
  };
  tf.tidy(() => {
    const prompt = tuner.prompt({ batchSize: 2, training: true, dropout });
    expect(prompt.kind === 'layer-prefixes' && prompt.sites.encoder?.[0]?.keys.dataSync()[0]).toBe(
      0,
    );
  });
  expect(drops).toEqual([[[2, 32], 0.25, 'prefix/encoder']]);
});

describe('layers', () => {
  const allOf = (tuner: Tuner): readonly (LayerPrefix | null)[] => {
    const prompt = tuner.prompt(evaluation);
    return (prompt.kind === 'layer-prefixes' && prompt.sites.encoder) || [];
  };
  const lengthsOf = (config: Config) => {
    using tuner = create(config);
    let lengths: (number | null)[] = [];
    tf.tidy(() => {
      lengths = allOf(tuner).map((layer) => layer?.keys.shape[1] ?? null);
    });
    return lengths;
  };
  const text = { text: 'a good film' };

  it('that have a prefix are those of the config', () => {
    expect(lengthsOf({ prefixLength: 3 })).toEqual([3, 3]);
    expect(lengthsOf({ prefixLength: 3, layers: { first: 1 } })).toEqual([3, null]);
    expect(lengthsOf({ prefixLength: 3, layers: { last: 1 } })).toEqual([null, 3]);
    expect(lengthsOf({ prefixLength: 3, layers: [1] })).toEqual([null, 3]);
  });

  it.each([null, { hiddenSize: 6 }])(
    'have prefixes as long as the config says, with the MLP %j',
    (reparameterization) => {
      expect(lengthsOf({ reparameterization, prefixLength: [2, 5] })).toEqual([2, 5]);
      expect(lengthsOf({ reparameterization, prefixLength: [4], layers: [1] })).toEqual([null, 4]);
      using tuner = create({ reparameterization, prefixLength: [2, 5] });
      expect(tuner.promptLength).toBe(5);
    },
  );

  it.each([
    [null, [1, 3], 1e-7],
    [{ hiddenSize: 16 }, [1, 3], 1e-3],
    [null, 3, 1e-7],
  ] as const)(
    'start from their own keys and values of a text, with the MLP %j and lengths %j',
    (reparameterization, prefixLength, absolute) => {
      const lengths = typeof prefixLength === 'number' ? prefixLength : [...prefixLength];
      using tuner = create({ reparameterization, prefixLength: lengths, initialization: text });
      tf.tidy(() => {
        const expected = backbone.keysAndValuesOf(backbone.tokenize(text.text));
        const cut = expected.map((layer, index) => {
          const length = typeof lengths === 'number' ? lengths : (lengths[index] ?? 0);
          const start = (part: tf.Tensor) =>
            tf.slice(part as tf.Tensor3D, [0, 0, 0], [2, length, 4]);
          return { keys: start(layer.keys), values: start(layer.values) };
        });
        expect(valuesOf(layersOf(tuner))).toBeAllClose(valuesOf(cut), { absolute });
      });
    },
  );

  it.each([
    [{ layers: { last: 3 } }, 'layers: there are only 2 layers to take 3 of'],
    [{ layers: [0, 2] }, 'layers: there is no layer 2: the last is 1'],
    [{ layers: [1, 1] }, 'layers: a layer is named twice'],
    [{ prefixLength: [3] }, 'prefixLength: 1 lengths were given for 2 layers'],
  ] satisfies [Config, string][])('refuses %j', (config, message) => {
    expect(() => create(config)).toThrow(message);
  });
});

describe('gates', () => {
  it('multiply the keys and values of each layer, and change nothing at the start', () => {
    using gated = create({ prefixLength: 3, layerGates: true });
    using plain = create({ prefixLength: 3 });
    tf.tidy(() => {
      expect(valuesOf(layersOf(gated))).toEqual(valuesOf(layersOf(plain)));
      gated.variables.variables.get('encoder/gates')?.assign(tf.tensor1d([2, -0.5]));
      const expected = layersOf(plain).map(({ keys, values }, layer) => {
        const gate = [2, -0.5][layer] ?? 0;
        return {
          keys: tf.mul(keys, gate) as tf.Tensor3D,
          values: tf.mul(values, gate) as tf.Tensor3D,
        };
      });
      expect(valuesOf(layersOf(gated))).toBeAllClose(valuesOf(expected));
    });
  });
});
