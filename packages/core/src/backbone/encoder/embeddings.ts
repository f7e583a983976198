import * as tf from '@tensorflow/tfjs';
import { addNorm } from '../../ops/add-norm.ts';
import { noDropout } from '../../ops/dropout.ts';
import { linear } from '../../ops/linear.ts';
import { lookup } from '../../ops/lookup.ts';
import { fillSlots } from '../../ops/slots.ts';
import { positionIds } from '../pass/position-ids.ts';
import { tokensOf } from '../pass/prompt-parts.ts';
import { prefixOffsets } from '../pass/prompt-shape.ts';
import type { EncoderPass } from './encoder-pass.ts';
import type { EmbeddingProjection } from './encoder-spec.ts';

/**
 * What the first layer sees: words, or virtual tokens in their slots, with what is added for
 * positions and token types, normalized and brought to the hidden width.
 *
 * @returns `[batch * sequence, hidden]`.
 */
export function embed(pass: EncoderPass): tf.Tensor2D {
  const { spec, weights, options } = pass;
  const { projection } = spec;
  const trained = options.weights;
  const norm = weights.norm(spec.names.embeddingNorm, trained);
  const drop = options.dropout ?? noDropout;
  const [words, places] = [embedWords(pass), embedPlaces(pass)];
  const normalized =
    projection?.place === 'before-norm'
      ? addNorm(projected(pass, projection, places ? tf.add(words, places) : words), null, norm)
      : addNorm(words, places, norm);
  const embedded = drop(normalized, spec.dropout.hidden, 'embeddings');
  return projection?.place === 'behind-norm' ? projected(pass, projection, embedded) : embedded;
}

function projected(
  { weights, options }: EncoderPass,
  { name, hasBias }: EmbeddingProjection,
  rows: tf.Tensor2D,
): tf.Tensor2D {
  const map = hasBias ? weights.linear : weights.linearWithoutBias;
  return linear(rows, map.call(weights, name, options.weights));
}

function embedWords(pass: EncoderPass): tf.Tensor2D {
  const { spec, batch, prompt } = pass;
  const words = rowsOf(pass, spec.names.wordEmbeddings, batch.inputIds);
  const tokens = batch.promptLength > 0 ? tokensOf(prompt) : null;
  return tokens ? fillSlots(words, tokens.embeddings, batch.slots, batch.sequence) : words;
}

/** Positions plus token types; null for a family that has neither. */
function embedPlaces(pass: EncoderPass): tf.Tensor2D | null {
  const { spec, batch, prompt, options } = pass;
  const { positionEmbeddings, tokenTypeEmbeddings } = spec.names;
  const shift = (options.positionOffset ?? 'shift') === 'shift';
  const offsets = shift ? prefixOffsets('encoder', prompt, batch.size) : [];
  const range = { firstPosition: spec.firstPosition, maxPositions: spec.geometry.maxPositions };
  const positions =
    positionEmbeddings && rowsOf(pass, positionEmbeddings, positionIds(batch, offsets, range));
  const types = tokenTypeEmbeddings && rowsOf(pass, tokenTypeEmbeddings, batch.tokenTypeIds);
  return positions && types ? tf.add(positions, types) : positions || types || null;
}

function rowsOf({ weights, options }: EncoderPass, name: string, ids: Int32Array): tf.Tensor2D {
  const table = weights.get(`${name}.weight`, options.weights) as tf.Tensor2D; // All have rank 2.
  return lookup(table, ids, options.weights?.has(`${name}.weight`) ?? false);
}
