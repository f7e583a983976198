import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { BackbonePrompt, Prompt } from '../../contract/prompt.ts';
import { linear } from '../../ops/linear.ts';
import type { ForwardOptions } from '../backbone.ts';
import { flattenRows } from '../pass/layer-input.ts';
import { MaskCache } from '../pass/mask-cache.ts';
import { prefixesAt } from '../pass/prompt-shape.ts';
import { pickTokens } from '../pass/read-tokens.ts';
import { runLayers } from '../pass/run-layers.ts';
import { embed } from './embeddings.ts';
import { encoderLayer } from './encoder-layer.ts';
import type { EncoderPass } from './encoder-pass.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights } from './encoder-weights.ts';

/**
 * Runs an encoder. Rows are `[batch * sequence, hidden]` all the way, so that every product is one
 * matrix product.
 *
 * @returns `[batch, sequence, hidden]` of the real tokens that are read, or of all positions where it
 *   stops before the last layer.
 */
export function encode(
  spec: EncoderSpec,
  weights: EncoderWeights,
  batch: Batch,
  prompt: BackbonePrompt,
  options: ForwardOptions,
): tf.Tensor3D {
  const { numLayers, hiddenSize } = spec.geometry;
  const { from, until = numLayers } = options;
  const pick = pickTokens('encoder', batch, options);
  const prefixes = prefixesAt('encoder', prompt, numLayers);
  const makePass = (): EncoderPass => ({
    spec,
    weights,
    batch,
    prompt,
    options,
    masks: new MaskCache(batch, prompt),
  });
  const pass = makePass();
  const hidden = runLayers({
    beginPass: options.recompute ? makePass : () => pass,
    runLayer: (pass, layer, prefix, rows) =>
      encoderLayer(pass, { layer, prefix, pick: layer === numLayers - 1 ? pick : null }, rows),
    prefixes,
    options,
    hidden: from ? flattenRows(from.hidden) : embed(pass),
    first: from?.layer ?? 0,
    end: until,
  });
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
