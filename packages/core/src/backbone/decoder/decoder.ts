import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { BackbonePrompt, LayerPrefix } from '../../contract/prompt.ts';
import { toHeads } from '../../ops/attention-heads.ts';
import { noDropout } from '../../ops/dropout.ts';
import { addBias } from '../../ops/linear.ts';
import { lookup } from '../../ops/lookup.ts';
import { rotaryAngles } from '../../ops/rotary.ts';
import { fillSlots } from '../../ops/slots.ts';
import type { ForwardOptions } from '../backbone.ts';
import { flattenRows } from '../pass/layer-input.ts';
import { MaskCache } from '../pass/mask-cache.ts';
import { positionIds, withoutPadding } from '../pass/position-ids.ts';
import { tokensOf } from '../pass/prompt-parts.ts';
import { prefixesAt, prefixOffsets } from '../pass/prompt-shape.ts';
import { pickTokens, readsPadding } from '../pass/read-tokens.ts';
import { runLayers } from '../pass/run-layers.ts';
import type { ModelWeights } from '../weights/model-weights.ts';
import { attentionInput, decoderLayer, normalize } from './decoder-layer.ts';
import type { DecoderPass } from './decoder-pass.ts';
import type { DecoderSpec } from './decoder-spec.ts';

/** What a pass is made of. */
export interface DecoderRequest {
  readonly spec: DecoderSpec;
  readonly weights: ModelWeights;
  readonly batch: Batch;
  readonly prompt: BackbonePrompt;
  readonly options: ForwardOptions;
}

/**
 * Runs a decoder. Rows are `[batch * sequence, hidden]` all the way.
 *
 * @returns `[batch, sequence, hidden]` of the tokens that are read, behind the final norm, or of all
 *   positions where it stops before a layer.
 */
export function decode(request: DecoderRequest): tf.Tensor3D {
  const { spec, batch, prompt, options } = request;
  const { numLayers, hiddenSize } = spec.geometry;
  const { from, until } = options;
  const prefixes = prefixesAt('decoder', prompt, numLayers);
  const { pass, embed } = begin(request);
  const hidden = runLayers({
    beginPass: () => (options.recompute ? begin(request).pass : pass),
    runLayer: decoderLayer,
    prefixes,
    options,
    hidden: from ? flattenRows(from.hidden) : embed(),
    first: from?.layer ?? 0,
    end: until ?? numLayers,
  });
  if (until !== undefined) return tf.reshape(hidden, [batch.size, -1, hiddenSize]);
  const pick = pickTokens('decoder', batch, options);
  const read = normalize(pass, spec.names.finalNorm, pick ? pick(hidden) : hidden);
  return tf.reshape(read, [batch.size, -1, hiddenSize]);
}

/**
 * Keys and values of each layer for the only row of a batch, `[heads, sequence, headSize]`: as they
 * enter attention, with their positions.
 */
export function keysAndValues(
  spec: DecoderSpec,
  weights: ModelWeights,
  batch: Batch,
): LayerPrefix[] {
  const { numHeads, numKeyValueHeads, headSize, numLayers } = spec.geometry;
  const prompt: BackbonePrompt = { kind: 'none' };
  const { pass, embed } = begin({ spec, weights, batch, prompt, options: {} });
  const layers: LayerPrefix[] = [];
  let hidden = embed();
  for (let layer = 0; layer < numLayers; layer++) {
    const { query, keyValue } = attentionInput(pass, layer, hidden);
    const shape = { batch: 1, numHeads, headSize };
    const heads = tf.squeeze<tf.Tensor3D>(toHeads(addBias(keyValue ?? query), shape), [1]);
    const first = keyValue ? 0 : numHeads;
    const [keys, values] = [first, first + numKeyValueHeads].map((start) =>
      tf.slice(heads, [start, 0, 0], [numKeyValueHeads, -1, -1]),
    ) as [tf.Tensor3D, tf.Tensor3D];
    layers.push({ keys, values });
    hidden = decoderLayer(pass, layer, null, hidden);
  }
  return layers;
}

/** Positions, and the embeddings for a pass that starts with them. */
function begin(request: DecoderRequest): {
  readonly pass: DecoderPass;
  readonly embed: () => tf.Tensor2D;
} {
  const { spec, weights, batch, prompt, options } = request;
  const { frequencies } = spec;
  const shift = (options.positionOffset ?? 'shift') === 'shift';
  const offsets = shift ? prefixOffsets('decoder', prompt, batch.size) : [];
  const { maxPositions } = spec.geometry;
  // A padding position that a row is read from has a place of its own.
  const counted = readsPadding(batch, options.semantics) ? withoutPadding(batch) : batch;
  const positions = positionIds(counted, offsets, { firstPosition: 0, maxPositions });
  const masks = new MaskCache(batch, prompt);
  const angles = frequencies && rotaryAngles(positions, frequencies);
  return {
    pass: { spec, weights, batch, options, masks, angles },
    embed: () => embedTokens(request, positions),
  };
}

function embedTokens(
  { spec, weights, batch, prompt, options }: DecoderRequest,
  positions: Int32Array,
): tf.Tensor2D {
  const { names, dropout } = spec;
  const trained = options.weights;
  const table = (name: string, ids: Int32Array): tf.Tensor2D => {
    const rows = weights.get(`${name}.weight`, trained) as tf.Tensor2D; // All tables have rank 2.
    return lookup(rows, ids, trained?.has(`${name}.weight`) ?? false);
  };
  const words = table(names.wordEmbeddings, batch.inputIds);
  const tokens = batch.promptLength > 0 ? tokensOf(prompt) : null;
  const filled = tokens ? fillSlots(words, tokens.embeddings, batch.slots, batch.sequence) : words;
  const { positionEmbeddings: learned } = names;
  const sum = learned ? tf.add(filled, table(learned, positions)) : filled;
  const drop = options.dropout ?? noDropout;
  return drop(sum as tf.Tensor2D, dropout.embeddings, 'embeddings');
}
