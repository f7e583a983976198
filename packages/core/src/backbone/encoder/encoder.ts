import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { Prompt } from '../../contract/prompt.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { noDropout } from '../../ops/dropout.ts';
import { linear } from '../../ops/linear.ts';
import { lookup } from '../../ops/lookup.ts';
import { fillSlots, pickRows } from '../../ops/slots.ts';
import { realPositions } from '../../tokenizer/real-positions.ts';
import type { ForwardOptions } from '../backbone.ts';
import { encoderLayer } from './encoder-layer.ts';
import type { EncoderPass } from './encoder-pass.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights } from './encoder-weights.ts';
import { positionIds } from './position-ids.ts';
import { encoderPrefixes, prefixOffsets } from './prompt-shape.ts';

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

function embed({ spec, weights, batch, prompt, options }: EncoderPass): tf.Tensor2D {
  const { names } = spec;
  const trained = options.weights;
  const table = (name: string, ids: Int32Array): tf.Tensor2D => {
    const rows = weights.get(`${name}.weight`, trained) as tf.Tensor2D; // All tables have rank 2.
    return lookup(rows, ids, trained?.has(`${name}.weight`) ?? false);
  };
  const words = table(names.wordEmbeddings, batch.inputIds);
  const virtual = prompt.kind === 'virtual-tokens' && batch.promptLength > 0;
  const filled = virtual ? fillSlots(words, prompt.embeddings, batch.slots, batch.sequence) : words;
  const shift = (options.positionOffset ?? 'shift') === 'shift';
  const offsets = shift ? prefixOffsets(prompt, batch.size) : [];
  const positions = table(names.positionEmbeddings, positionIds(batch, offsets, spec));
  const types = names.tokenTypeEmbeddings
    ? tf.add(positions, table(names.tokenTypeEmbeddings, batch.tokenTypeIds))
    : positions;
  const sum = addNorm(filled, types as tf.Tensor2D, weights.norm(names.embeddingNorm, trained));
  return (options.dropout ?? noDropout)(sum, spec.dropout.hidden, 'embeddings');
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
