import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import { createBackbone } from '../backbone/create-backbone.ts';
import { parameterShapes } from '../backbone/encoder/parameter-shapes.ts';
import { readEncoder } from '../backbone/families.ts';
import type { Weights } from '../backbone/weights/weights.ts';
import { normal } from '../contract/initializers.ts';
import { deriveSeed } from '../contract/seed.ts';
import { createTinyTokenizer } from './tiny-tokenizer.ts';

const id = 'tiny';

/**
 * Makes a BERT small enough to check by hand: 2 layers, 2 heads of size 4, hidden size 8, 64
 * positions, and a tokenizer of ten words and the letters.
 *
 * Its weights are random, the same each time, and large enough for attention to prefer some
 * positions clearly. The caller owns the result.
 */
export function createTinyBackbone(): Backbone {
  const tokenizer = createTinyTokenizer();
  const config = {
    model_type: 'bert',
    hidden_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 16,
    max_position_embeddings: 64,
    vocab_size: tokenizer.vocabularySize,
  };
  return createBackbone({ id, config, tokenizer, weights: randomWeights(config) });
}

/** Weights from N(0, 0.3²), and norms that scale by about 1. */
function randomWeights(config: unknown): Weights {
  const parameters = parameterShapes(readEncoder(config, id), () => true);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return {
    names: [...shapes.keys()],
    fingerprint: 'tiny',
    has: (name) => shapes.has(name),
    shape: (name) => shapes.get(name) ?? [],
    float32: (name) => {
      const center = name.endsWith('LayerNorm.weight') ? 1 : 0;
      const values = tf.tidy(() =>
        normal([...(shapes.get(name) ?? [])], 0.3, deriveSeed(0, name)).dataSync<'float32'>(),
      );
      return values.map((value) => value + center);
    },
  };
}
