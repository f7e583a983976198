import * as tf from '@tensorflow/tfjs';
import type { LayerPrefix } from '../../contract/prompt.ts';
import { activateGated } from '../../ops/activation.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { attention } from '../../ops/attention.ts';
import type { AttentionInput } from '../../ops/attention-options.ts';
import { noDropout } from '../../ops/dropout.ts';
import { linear, type Projection, project } from '../../ops/linear.ts';
import { rmsNorm } from '../../ops/rms-norm.ts';
import { rotate } from '../../ops/rotary.ts';
import { prefixLength } from '../pass/prompt-shape.ts';
import type { DecoderPass } from './decoder-pass.ts';
import type { DecoderLayerNames } from './decoder-spec.ts';

/**
 * Attention and feed-forward block, each behind a norm and with its residual.
 *
 * @param hidden - `[batch * sequence, hidden]` in and out.
 */
export function decoderLayer(
  pass: DecoderPass,
  layer: number,
  prefix: LayerPrefix | null,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const { spec, weights, options } = pass;
  const names = spec.names.layer(layer);
  const drop = options.dropout ?? noDropout;
  const dropped = (rows: tf.Tensor2D, name: string): tf.Tensor2D =>
    drop(rows, spec.dropout.hidden, `layer/${layer}/${name}`);
  const context = attend(pass, layer, prefix, attentionInput(pass, layer, hidden));
  const attended = linear(context, weights.linear(names.attentionOutput, options.weights));
  const middle = tf.add(hidden, dropped(attended, 'attended')) as tf.Tensor2D;
  const output = feedForward(pass, names, normalize(pass, names.feedForwardNorm, middle));
  return tf.add(middle, dropped(output, 'output'));
}

/** Queries, keys and values of a layer, positions turned into the former two. */
export function attentionInput(
  pass: DecoderPass,
  layer: number,
  hidden: tf.Tensor2D,
): AttentionInput {
  const { spec, weights, options, angles } = pass;
  const names = spec.names.layer(layer);
  const rows = normalize(pass, names.attentionNorm, hidden);
  const trained = options.weights;
  if ('packed' in names.attention) {
    return {
      query: project(rows, weights.linear(names.attention.packed, trained)),
      keyValue: null,
    };
  }
  const placed = (name: string, norm: string | undefined): tf.Tensor2D => {
    const flat = linear(rows, weights.linear(name, trained));
    const normed = norm ? normalizeHeads(pass, norm, flat) : flat;
    return angles ? rotate(normed, angles) : normed;
  };
  const { query, key, value } = names.attention;
  const keys = placed(key, names.headNorms?.key);
  const values = linear(rows, weights.linear(value, trained));
  return {
    query: plain(placed(query, names.headNorms?.query)),
    keyValue: plain(tf.concat([keys, values], 1)),
  };
}

/** Layer or root-mean-square normalization, as the family has it. */
export function normalize(
  { spec, weights, options }: DecoderPass,
  name: string,
  rows: tf.Tensor2D,
): tf.Tensor2D {
  const { kind, epsilon } = spec.norm;
  const trained = options.weights;
  if (kind === 'layer') return addNorm(rows, null, weights.norm(name, epsilon, trained));
  const scale = weights.get(`${name}.weight`, trained) as tf.Tensor1D; // Checked when loaded.
  return rmsNorm(rows, { scale, epsilon });
}

function normalizeHeads(pass: DecoderPass, name: string, rows: tf.Tensor2D): tf.Tensor2D {
  const { headSize } = pass.spec.geometry;
  const [count, width] = rows.shape;
  const heads = tf.reshape(rows, [(count * width) / headSize, headSize]) as tf.Tensor2D;
  return tf.reshape(normalize(pass, name, heads), [count, width]);
}

function attend(
  { spec, batch, options, masks }: DecoderPass,
  layer: number,
  prefix: LayerPrefix | null,
  input: AttentionInput,
): tf.Tensor2D {
  const { numHeads, numKeyValueHeads, headSize } = spec.geometry;
  const { dropout } = options;
  const rate = spec.dropout.attention;
  return attention(input, {
    shape: { batch: batch.size, numHeads, numKeyValueHeads, headSize },
    prefix,
    bias: masks.behind(prefixLength(prefix), prefix?.lengths),
    isCausal: true,
    dropWeights:
      dropout && rate > 0
        ? (ones: tf.Tensor): tf.Tensor => dropout(ones, rate, `layer/${layer}/attention`)
        : null,
  });
}

function feedForward(
  { spec, weights, options }: DecoderPass,
  names: DecoderLayerNames,
  rows: tf.Tensor2D,
): tf.Tensor2D {
  const trained = options.weights;
  const { gate } = names;
  const projected = (name: string): Projection => project(rows, weights.linear(name, trained));
  const gating = gate ? projected(gate) : null;
  const inner = activateGated(projected(names.intermediate), gating, spec.activation);
  return linear(inner, weights.linear(names.output, trained));
}

function plain(product: tf.Tensor2D): Projection {
  return { product, bias: null, biasTrained: false };
}
