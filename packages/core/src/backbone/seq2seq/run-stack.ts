import * as tf from '@tensorflow/tfjs';
import { addNorm } from '../../ops/add-norm.ts';
import { noDropout } from '../../ops/dropout.ts';
import { lookup } from '../../ops/lookup.ts';
import { fillSlots } from '../../ops/slots.ts';
import { positionIds, withoutPadding } from '../pass/position-ids.ts';
import { prefixesAt, prefixOffsets } from '../pass/prompt-shape.ts';
import { sharedEmbeddings } from './seq2seq-parameters.ts';
import { normalized, stackLayer } from './stack-layer.ts';
import type { StackPass } from './stack-pass.ts';

/** @returns What the last layer gives behind the final norm, `[batch * sequence, hidden]`. */
export function runStack(pass: StackPass): tf.Tensor2D {
  const { spec, stack, site, prompt, options } = pass;
  const { numLayers } = spec.geometry;
  const crossPrefixes = prefixesAt('cross', prompt, numLayers);
  let hidden = embed(pass);
  for (const [layer, prefix] of prefixesAt(site, prompt, numLayers).entries()) {
    const crossPrefix = crossPrefixes[layer] ?? null;
    hidden = stackLayer(pass, { layer, prefix, crossPrefix }, hidden);
  }
  const last = stack.finalNorm ? normalized(pass, stack.finalNorm, hidden) : hidden;
  return (options.dropout ?? noDropout)(last, spec.dropout.final, `${site}/final`);
}

/** Words, or virtual tokens in their slots, with positions where the stack has learned them. */
export function embed(pass: StackPass): tf.Tensor2D {
  const { spec, stack, site, weights, batch, prompt, options } = pass;
  const scaled = table(pass, sharedEmbeddings, batch.inputIds);
  const words: tf.Tensor2D =
    spec.embeddingScale === 1 ? scaled : tf.mul(scaled, spec.embeddingScale);
  const virtual = prompt.kind === 'virtual-tokens' && batch.promptLength > 0;
  const filled = virtual ? fillSlots(words, prompt.embeddings, batch.slots, batch.sequence) : words;
  const drop = options.dropout ?? noDropout;
  const dropped = (rows: tf.Tensor2D) => drop(rows, spec.dropout.hidden, `${site}/embeddings`);
  if (!stack.positions) return dropped(filled);
  const positions = table(pass, stack.positions.table, positionsOf(pass));
  const norm = weights.norm(stack.positions.norm, spec.norm.epsilon, options.weights);
  return dropped(addNorm(filled, positions, norm));
}

function positionsOf({ spec, site, batch, prompt, options }: StackPass): Int32Array {
  const shift = (options.positionOffset ?? 'shift') === 'shift';
  const offsets = shift ? prefixOffsets(site, prompt, batch.size) : [];
  const { firstPosition, geometry } = spec;
  // BART in Transformers has a place for padding too, which tells where it stands in front.
  const counted = options.semantics === 'peft' ? withoutPadding(batch) : batch;
  return positionIds(counted, offsets, { firstPosition, maxPositions: geometry.maxPositions });
}

function table({ weights, options }: StackPass, name: string, ids: Int32Array): tf.Tensor2D {
  const rows = weights.get(`${name}.weight`, options.weights) as tf.Tensor2D; // All have rank 2.
  return lookup(rows, ids, options.weights?.has(`${name}.weight`) ?? false);
}
