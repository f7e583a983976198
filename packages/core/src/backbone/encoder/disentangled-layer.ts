import type * as tf from '@tensorflow/tfjs';
import { addNorm } from '../../ops/add-norm.ts';
import type { AttentionOptions } from '../../ops/attention-options.ts';
import { disentangledAttention, type RelativeScores } from '../../ops/disentangled-attention.ts';
import { noDropout } from '../../ops/dropout.ts';
import { linear } from '../../ops/linear.ts';
import { lookup } from '../../ops/lookup.ts';
import type { DisentangledSpec, RelativeSpec } from './disentangled-spec.ts';
import type { EncoderPass } from './encoder-pass.ts';
import { relativeRows } from './relative-positions.ts';

/**
 * DeBERTa's attention in one layer of a pass, for every position.
 *
 * @param hidden - `[batch * sequence, hidden]`.
 */
export function disentangledContext(
  pass: EncoderPass,
  { scoreKinds, relative }: DisentangledSpec,
  layer: number,
  hidden: tf.Tensor2D,
  options: AttentionOptions,
): tf.Tensor2D {
  const { spec, weights } = pass;
  const input = weights.attentionInput(spec.names.layer(layer), pass.options.weights);
  return disentangledAttention(linear(hidden, input), {
    ...options,
    relative: relative ? relativeScores(pass, relative, layer) : { keys: null, queries: null },
    scale: 1 / Math.sqrt(scoreKinds * spec.geometry.headSize),
  });
}

function relativeScores(pass: EncoderPass, relative: RelativeSpec, layer: number): RelativeScores {
  const { weights, batch, options } = pass;
  const trained = options.weights;
  const table = relativeTable(pass, relative, layer);
  const names = [relative.table, ...(relative.norm ? [relative.norm] : [])];
  const isTrained = names.some((name) =>
    ['weight', 'bias'].some((part) => trained?.has(`${name}.${part}`) ?? false),
  );
  const rows = relativeRows(batch.sequence, relative);
  const map = (name: string, ids: Int32Array): tf.Tensor2D =>
    linear(lookup(table, ids, isTrained), weights.linear(name, trained));
  const { positionKey, positionQuery } = relative;
  return {
    keys: positionKey && map(positionKey(layer), rows.descending),
    queries: positionQuery && map(positionQuery(layer), rows.ascending),
  };
}

function relativeTable(
  { spec, weights, options }: EncoderPass,
  { table, norm }: RelativeSpec,
  layer: number,
): tf.Tensor2D {
  const rows = weights.get(`${table}.weight`, options.weights) as tf.Tensor2D; // Of rank 2.
  const normalized = norm ? addNorm(rows, null, weights.norm(norm, options.weights)) : rows;
  const drop = options.dropout ?? noDropout;
  return drop(normalized, spec.dropout.hidden, `layer/${layer}/positions`);
}
