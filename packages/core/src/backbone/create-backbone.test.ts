import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { collate } from '../tokenizer/collate.ts';
import { encodeText } from '../tokenizer/encode-row.ts';
import { createBackbone } from './create-backbone.ts';
import { parameterShapes } from './encoder/parameter-shapes.ts';
import { readEncoder } from './families.ts';
import type { Precision } from './weights/precision.ts';
import type { Weights } from './weights/weights.ts';

const tokenizer = createTinyTokenizer();
const config = {
  model_type: 'bert',
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 32,
  vocab_size: tokenizer.vocabularySize,
};

/** Weights of the config's shapes; `rename` decides under which names they are stored. */
function weightsOf(rename: (name: string) => string | null = (name) => name): Weights {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, shape } of parameterShapes(readEncoder(config, 'test'), () => true)) {
    const stored = rename(name);
    if (stored !== null) shapes.set(stored, shape);
  }
  return {
    names: [...shapes.keys()],
    fingerprint: 'test',
    has: (name) => shapes.has(name),
    shape: (name) => shapes.get(name) ?? [],
    float32: (name) => {
      const size = (shapes.get(name) ?? []).reduce((product, length) => product * length, 1);
      return Float32Array.from({ length: size }, (_, index) => Math.sin(index + size));
    },
  };
}

function failure(run: () => unknown): { readonly code: string; readonly message: string } {
  try {
    run();
  } catch (error) {
    if (isPtlError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It did not fail.');
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a backbone is refused, with the reason,', () => {
  const create = (changes: object, weights = weightsOf()) =>
    createBackbone({ id: 'test', config: { ...config, ...changes }, weights, tokenizer });

  it.each([
    [{ model_type: 'bertt' }, 'BACKBONE_UNSUPPORTED', 'Did you mean "bert"'],
    [{ model_type: undefined }, 'BACKBONE_UNSUPPORTED', 'no model_type'],
    [{ position_embedding_type: 'relative_key' }, 'BACKBONE_UNSUPPORTED', 'relative_key'],
    [{ hidden_act: 'mish' }, 'BACKBONE_UNSUPPORTED', 'hidden_act = "mish"; supported: gelu'],
    [{ num_attention_heads: 3 }, 'BACKBONE_UNSUPPORTED', 'do not divide into 3 heads'],
    [{ num_hidden_layers: -1 }, 'BACKBONE_UNSUPPORTED', 'num_hidden_layers = -1'],
    [
      { num_hidden_layers: 3 },
      'BACKBONE_UNSUPPORTED',
      'encoder.layer.2.attention.self.query.weight',
    ],
    [{ intermediate_size: 17 }, 'SHAPE_MISMATCH', '[16, 8]; its config.json says [17, 8]'],
    [{ vocab_size: 10 }, 'TOKENIZER_MISMATCH', 'embeddings for 10 tokens only'],
  ])('for %j', (changes, code, mentioned) => {
    const error = failure(() => create(changes));
    expect(error.code).toBe(code);
    expect(error.message).toContain(mentioned);
  });

  it.each([
    ['bfloat16', /"cpu" has no fast products.*Use "float32"/],
    ['float16', /the allowed ones are "float32" and "bfloat16"/],
  ])('in a precision that cannot be had: %s', (precision, reason) => {
    const parts = { id: 'test', config, weights: weightsOf(), tokenizer };
    const { code, message } = failure(() =>
      createBackbone({ ...parts, precision: precision as Precision }),
    );
    expect(code).toBe('PRECISION_UNSUPPORTED');
    expect(message).toMatch(reason);
  });

  it('where a weight is missing, by name and shape', () => {
    const lost = 'encoder.layer.1.output.dense.bias';
    const error = failure(() =>
      create(
        {},
        weightsOf((name) => (name === lost ? null : name)),
      ),
    );
    expect(error.message).toContain(`"${lost}" of shape [8]`);
  });

  it('but not where only its pooler is missing', () => {
    using backbone = create(
      {},
      weightsOf((name) => (name.startsWith('pooler') ? null : name)),
    );
    expect(backbone.heads['sequence-classification']?.pooler).toBeNull();
  });
});

describe('weights', () => {
  it.each([
    ['with the prefix of a task model', (name: string) => `bert.${name}`],
    [
      'with the old names of norms',
      (name: string) =>
        name
          .replace(/LayerNorm\.weight$/, 'LayerNorm.gamma')
          .replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
    ],
  ])('are found %s', (_, rename) => {
    using plain = createBackbone({ id: 'test', config, weights: weightsOf(), tokenizer });
    using renamed = createBackbone({ id: 'test', config, weights: weightsOf(rename), tokenizer });
    for (const { name } of plain.parameters) {
      expect(renamed.weight(name).dataSync(), name).toEqual(plain.weight(name).dataSync());
    }
  });

  it('are what was stored, also those of queries, keys and values', () => {
    const weights = weightsOf();
    using backbone = createBackbone({ id: 'test', config, weights, tokenizer });
    for (const { name, shape } of backbone.parameters) {
      const weight = backbone.weight(name);
      expect(weight.shape).toEqual(shape);
      expect(weight.dataSync(), name).toEqual(weights.float32(name));
    }
  });
});

/** Typed as the prefix without a batch axis, which may have one all the same. */
function draw(shape: number[], seed: number): tf.Tensor3D {
  return tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor<tf.Rank> as tf.Tensor3D;
}

describe('a prompt', () => {
  const layout = { kind: 'none' } as const;
  const texts = ['the film was good', 'a bad', 'it was a long time'];

  function batchOf(chosen: readonly string[]) {
    const rows = chosen.map((text) =>
      encodeText({ text }, { tokenizer, layout, maxPositions: 64 }),
    );
    return collate(rows, tokenizer.special.pad);
  }

  function prefixOf(length: number, batch?: number): LayerPrefix[] {
    const shape = [...(batch === undefined ? [] : [batch]), 2, length, 4];
    return [1, 2].map((seed) => ({
      keys: draw(shape, seed),
      values: draw(shape, seed + 2),
    }));
  }

  const prompt = (encoder: LayerPrefix[], lengths?: readonly number[]): Prompt => ({
    kind: 'layer-prefixes',
    sites: { encoder },
    ...(lengths ? { lengths } : {}),
  });

  it('gives a row alone what it gives it in a batch of rows with other prefix lengths', () => {
    using backbone = createTinyBackbone();
    const encoder = prefixOf(3, 3);
    const lengths = [3, 0, 1];
    const batch = batchOf(texts);
    const together = backbone.forward(batch, prompt(encoder, lengths));
    for (const [row, text] of texts.entries()) {
      const length = lengths[row] ?? 0;
      const ofRow = (all: tf.Tensor) =>
        tf.slice(all as tf.Tensor4D, [row, 0, 0, 0], [1, 2, length, 4]);
      const own = encoder.map(({ keys, values }) => ({ keys: ofRow(keys), values: ofRow(values) }));
      const alone = backbone.forward(
        batchOf([text]),
        length === 0 ? { kind: 'none' } : prompt(own),
      );
      const same = tf.slice(together, [row, 0, 0], [1, alone.shape[1], 8]);
      expect(tf.max(tf.abs(tf.sub(alone, same))).dataSync()[0]).toBeLessThan(1e-5);
    }
  });

  it('may have its prefix positions in any order', () => {
    using backbone = createTinyBackbone();
    const encoder = prefixOf(3);
    const permuted = encoder.map(({ keys, values }) => ({
      keys: tf.gather(keys, [2, 0, 1], 1) as tf.Tensor3D,
      values: tf.gather(values, [2, 0, 1], 1) as tf.Tensor3D,
    }));
    const [one, other] = [encoder, permuted].map((layers) =>
      backbone.forward(batchOf(texts), prompt(layers)),
    ) as [tf.Tensor3D, tf.Tensor3D]; // One for each order.
    expect(tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]).toBeLessThan(1e-5);
  });

  it('may leave layers out', () => {
    using backbone = createTinyBackbone();
    const [, upper] = prefixOf(3);
    const layers = [null, upper ?? null];
    const some = backbone.forward(batchOf(texts), {
      kind: 'layer-prefixes',
      sites: { encoder: layers },
    });
    const none = backbone.forward(batchOf(texts), { kind: 'none' });
    expect(tf.max(tf.abs(tf.sub(some, none))).dataSync()[0]).toBeGreaterThan(1e-3);
  });

  it('is refused where it does not fit, with both shapes', () => {
    using backbone = createTinyBackbone();
    const batch = batchOf(texts);
    const wrong: [Prompt, string][] = [
      [prompt(prefixOf(3).slice(1)), 'expected 2 layers, got 1 layers'],
      [prompt(prefixOf(3), [1, 2]), 'expected 3 rows, got 2 rows'],
      [prompt(prefixOf(3, 2)), 'expected [3, 2, 3, 4], got [2, 2, 3, 4]'],
      [
        { kind: 'virtual-tokens', embeddings: tf.zeros<tf.Rank.R2>([2, 8]) },
        'expected [0, 8], got [2, 8]',
      ],
    ];
    for (const [bad, mentioned] of wrong) {
      const error = failure(() => backbone.forward(batch, bad));
      expect(error.code).toBe('SHAPE_MISMATCH');
      expect(error.message).toContain(mentioned);
    }
  });

  it('is refused where it leaves a row too few positions', () => {
    using backbone = createTinyBackbone();
    const error = failure(() => backbone.forward(batchOf(texts), prompt(prefixOf(62))));
    expect(error.code).toBe('ROW_TOO_LONG');
  });

  it('made of the keys and values of a text has the shape of a prefix for each layer', () => {
    using backbone = createTinyBackbone();
    const encoder = backbone.keysAndValuesOf(backbone.tokenize('good film'));
    expect(encoder.map(({ keys, values }) => [keys.shape, values.shape])).toEqual([
      [
        [2, 2, 4],
        [2, 2, 4],
      ],
      [
        [2, 2, 4],
        [2, 2, 4],
      ],
    ]);
    expect(() => backbone.forward(batchOf(texts), prompt(encoder))).not.toThrow();
    tf.dispose(encoder.flatMap(({ keys, values }) => [keys, values]));
  });
});
