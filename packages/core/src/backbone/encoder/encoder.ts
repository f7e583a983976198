import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { Prompt } from '../../contract/prompt.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { noDropout } from '../../ops/dropout.ts';
import { linear } from '../../ops/linear.ts';
import { lookup } from '../../ops/lookup.ts';
import { fillSlots } from '../../ops/slots.ts';
import type { ForwardOptions } from '../backbone.ts';
import { MaskCache } from '../pass/mask-cache.ts';
import { positionIds } from '../pass/position-ids.ts';
import { prefixesAt, prefixOffsets } from '../pass/prompt-shape.ts';
import { pickFirstToken, pickRealTokens } from '../pass/read-tokens.ts';
import { encoderLayer } from './encoder-layer.ts';
import type { EncoderPass } from './encoder-pass.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights } from './encoder-weights.ts';

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
  const pass = { spec, weights, batch, prompt, options, masks: new MaskCache(batch, prompt) };
  const { numLayers, hiddenSize } = spec.geometry;
  const { read, semantics } = options;
  const pick = read === 'summary' ? pickFirstToken(batch, semantics) : pickRealTokens(batch);
  let hidden = embed(pass);
  for (const [layer, prefix] of prefixesAt('encoder', prompt, numLayers).entries()) {
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
  const masks = new MaskCache(batch, prompt);
  const pass = { spec, weights, batch, prompt, options: {}, masks };
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
  const offsets = shift ? prefixOffsets('encoder', prompt, batch.size) : [];
  const { maxPositions } = spec.geometry;
  const range = { firstPosition: spec.firstPosition, maxPositions };
  const positions = table(names.positionEmbeddings, positionIds(batch, offsets, range));
  const types = names.tokenTypeEmbeddings
    ? tf.add(positions, table(names.tokenTypeEmbeddings, batch.tokenTypeIds))
    : positions;
  const sum = addNorm(filled, types as tf.Tensor2D, weights.norm(names.embeddingNorm, trained));
  return (options.dropout ?? noDropout)(sum, spec.dropout.hidden, 'embeddings');
}
