import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import { createBackbone } from '../backbone/create-backbone.ts';
import { decoderParameters } from '../backbone/decoder/decoder-parameters.ts';
import { parameterShapes } from '../backbone/encoder/parameter-shapes.ts';
import { readDecoder, readEncoder, readEncoderDecoder } from '../backbone/families.ts';
import { seq2seqParameters } from '../backbone/seq2seq/seq2seq-parameters.ts';
import type { Weights } from '../backbone/weights/weights.ts';
import type { BackboneParameter } from '../contract/frozen-backbone.ts';
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
  const parameters = parameterShapes(readEncoder(config, id), () => true);
  return createBackbone({ id, config, tokenizer, weights: randomWeights(parameters) });
}

/** Makes a GPT-2 of the same sizes and with the same tokenizer. The caller owns the result. */
export function createTinyDecoder(): Backbone {
  const tokenizer = createTinyTokenizer();
  const config = {
    model_type: 'gpt2',
    n_embd: 8,
    n_layer: 2,
    n_head: 2,
    n_inner: 16,
    n_positions: 64,
    vocab_size: tokenizer.vocabularySize,
  };
  const parameters = decoderParameters(readDecoder(config, id));
  return createBackbone({ id, config, tokenizer, weights: randomWeights(parameters) });
}

/**
 * Makes a T5 of the same sizes and with the same tokenizer: 2 layers in the encoder and in the
 * decoder. The caller owns the result.
 */
export function createTinyEncoderDecoder(): Backbone {
  const tokenizer = createTinyTokenizer();
  const config = {
    model_type: 't5',
    is_encoder_decoder: true,
    d_model: 8,
    d_kv: 4,
    d_ff: 16,
    num_layers: 2,
    num_heads: 2,
    n_positions: 64,
    decoder_start_token_id: tokenizer.special.pad,
    vocab_size: tokenizer.vocabularySize,
  };
  const isTied = (name: string) => name !== 'lm_head.weight';
  const parameters = seq2seqParameters(readEncoderDecoder(config, id), isTied);
  return createBackbone({ id, config, tokenizer, weights: randomWeights(parameters) });
}

/** Weights from N(0, 0.3²), and norms that scale by about 1. */
function randomWeights(parameters: readonly BackboneParameter[]): Weights {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return {
    names: [...shapes.keys()],
    fingerprint: 'tiny',
    has: (name) => shapes.has(name),
    shape: (name) => shapes.get(name) ?? [],
    float32: (name) => {
      const center = /(LayerNorm|layer_norm|ln_\w+)\.weight$/.test(name) ? 1 : 0;
      const values = tf.tidy(() =>
        normal([...(shapes.get(name) ?? [])], 0.3, deriveSeed(0, name)).dataSync<'float32'>(),
      );
      return values.map((value) => value + center);
    },
  };
}
