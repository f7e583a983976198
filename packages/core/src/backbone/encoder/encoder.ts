import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { Prompt } from '../../contract/prompt.ts';
import { linear } from '../../ops/linear.ts';
import { pickRows } from '../../ops/slots.ts';
import { realPositions } from '../../tokenizer/real-positions.ts';
import type { ForwardOptions } from '../backbone.ts';
import { embed } from './embeddings.ts';
import { encoderLayer } from './encoder-layer.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights } from './encoder-weights.ts';
import { encoderPrefixes } from './prompt-shape.ts';

/**
 * Runs an encoder. Rows are `[batch * sequence, hidden]` all the way, so that every product is one
 * matrix product.
 *
 * @returns `[batch, sequence, hidden]` of the real tokens that are read.
 */
export function encode(
  spec: EncoderSpec,
  weights: EncoderWeights,
  batch: Batch,
  prompt: Prompt,
  options: ForwardOptions,
): tf.Tensor3D {
  const pass = { spec, weights, batch, prompt, options, biases: new Map() };
  const { numLayers, hiddenSize } = spec.geometry;
  const pick = realTokens(batch, options.read ?? 'all');
  let hidden = embed(pass);
  for (const [layer, prefix] of encoderPrefixes(prompt, numLayers).entries()) {
    const isLast = layer === numLayers - 1;
    hidden = encoderLayer(pass, { layer, prefix, pick: isLast ? pick : null }, hidden);
  }
  return tf.reshape(hidden, [batch.size, -1, hiddenSize]);
}

/**
 * Packed queries, keys and values of each layer for a batch without a prompt, `[batch * sequence,
 * 3 * hidden]`, first layer first.
 */
export function attentionInputs(
  spec: EncoderSpec,
  weights: EncoderWeights,
  batch: Batch,
): tf.Tensor2D[] {
  const prompt: Prompt = { kind: 'none' };
  const pass = { spec, weights, batch, prompt, options: {}, biases: new Map() };
  const inputs: tf.Tensor2D[] = [];
  let hidden = embed(pass);
  for (let layer = 0; layer < spec.geometry.numLayers; layer++) {
    inputs.push(linear(hidden, weights.attentionInput(spec.names.layer(layer))));
    hidden = encoderLayer(pass, { layer, prefix: null, pick: null }, hidden);
  }
  return inputs;
}

/** Picks the first real token of each row, or every real token; null where that is every position. */
function realTokens(
  batch: Batch,
  read: 'all' | 'first',
): ((rows: tf.Tensor2D) => tf.Tensor2D) | null {
  const { sequence, promptLength } = batch;
  if (read === 'all' && promptLength === 0) return null;
  const real = realPositions(batch);
  const kept = read === 'first' ? 1 : real.sequence;
  const picked = Int32Array.from({ length: batch.size * kept }, (_, index) => {
    const row = Math.floor(index / kept);
    return row * sequence + (real.gather[row * real.sequence + (index % kept)] ?? 0);
  });
  const inverse = new Int32Array(batch.size * sequence).fill(-1);
  for (const [index, place] of picked.entries()) inverse[place] = index;
  return (rows) => pickRows(rows, picked, inverse);
}
