import * as tf from '@tensorflow/tfjs';
import type { LayerPrefix } from '../../contract/prompt.ts';
import { activateGated } from '../../ops/activation.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { attention } from '../../ops/attention.ts';
import type { AttentionOptions } from '../../ops/attention-options.ts';
import { addBias, linear, type Projection, project } from '../../ops/linear.ts';
import { rmsNorm } from '../../ops/rms-norm.ts';
import { prefixLength } from '../pass/prompt-shape.ts';
import type { AttentionNames, StackLayerNames } from './seq2seq-spec.ts';
import type { StackPass } from './stack-pass.ts';

/** One layer of a pass. */
export interface StackLayerRequest {
  readonly layer: number;
  readonly prefix: LayerPrefix | null;
  /** Of the attention to the encoder. */
  readonly crossPrefix: LayerPrefix | null;
}

/**
 * Attention, attention to the encoder where there is one, and a feed-forward block, each with its
 * residual and its norm.
 *
 * @param hidden - `[batch * sequence, hidden]` in and out.
 */
export function stackLayer(
  pass: StackPass,
  { layer, prefix, crossPrefix }: StackLayerRequest,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const { stack, site, memory, masks, biasBehind } = pass;
  const { self, cross, feedForward } = stack.layer(layer);
  const place = `${site}/layer/${layer}`;
  const attended = block(pass, self.norm, `${place}/attended`, hidden, (rows) => {
    const scoreBias = biasBehind(prefixLength(prefix));
    return attend(pass, self, rows, keysAndValues(pass, self, rows), {
      ...attentionOptions(pass, `${place}/attention`, prefix),
      bias: masks.behind(prefixLength(prefix)),
      isCausal: site === 'decoder',
      ...(scoreBias ? { scoreBias } : {}),
    });
  });
  if (!cross || !memory) return transform(pass, feedForward, place, attended);
  const crossed = block(pass, cross.norm, `${place}/crossed`, attended, (rows) =>
    attend(pass, cross, rows, keysAndValues(pass, cross, memory.rows), {
      ...attentionOptions(pass, `${place}/cross`, crossPrefix),
      bias: memory.masks.behind(prefixLength(crossPrefix)),
    }),
  );
  return transform(pass, feedForward, place, crossed);
}

/** Keys and values side by side as a layer's own attention takes them, `[rows, 2 * heads * headSize]`. */
export function selfKeysAndValues(
  pass: StackPass,
  layer: number,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const { self } = pass.stack.layer(layer);
  const rows = pass.spec.norm.place === 'before' ? normalized(pass, self.norm, hidden) : hidden;
  return keysAndValues(pass, self, rows);
}

/** @returns `x / rms(x) * scale` for rows `[rows, hidden]`. */
export function normalized(
  { spec, weights, options }: StackPass,
  name: string,
  rows: tf.Tensor2D,
): tf.Tensor2D {
  const scale = weights.get(`${name}.weight`, options.weights) as tf.Tensor1D; // Checked when loaded.
  return rmsNorm(rows, { scale, epsilon: spec.norm.epsilon });
}

/** What a block makes of its rows, with its residual and with the norm before or behind it. */
function block(
  pass: StackPass,
  norm: string,
  place: string,
  hidden: tf.Tensor2D,
  run: (rows: tf.Tensor2D) => Projection,
): tf.Tensor2D {
  const { spec, weights, options } = pass;
  const drop = (made: Projection): tf.Tensor2D | Projection =>
    options.dropout ? options.dropout(addBias(made), spec.dropout.hidden, place) : made;
  if (spec.norm.place === 'behind') {
    const weightsOfNorm = weights.norm(norm, spec.norm.epsilon, options.weights);
    return addNorm(drop(run(hidden)), hidden, weightsOfNorm);
  }
  const made = drop(run(normalized(pass, norm, hidden)));
  return tf.add(hidden, made instanceof tf.Tensor ? made : addBias(made));
}

function keysAndValues(
  { weights, options }: StackPass,
  { key, value }: AttentionNames,
  rows: tf.Tensor2D,
): tf.Tensor2D {
  const parts = [key, value].map((name) => linear(rows, weights.linear(name, options.weights)));
  return tf.concat(parts, 1);
}

function attend(
  { weights, options: { weights: trained } }: StackPass,
  { query, output }: AttentionNames,
  rows: tf.Tensor2D,
  keyValue: tf.Tensor2D,
  options: AttentionOptions,
): Projection {
  const context = attention(
    {
      query: project(rows, weights.linear(query, trained)),
      keyValue: { product: keyValue, bias: null, biasTrained: false },
    },
    options,
  );
  return project(context, weights.linear(output, trained));
}

function attentionOptions(
  { spec, batch, options }: StackPass,
  place: string,
  prefix: LayerPrefix | null,
): Omit<AttentionOptions, 'bias'> {
  const { geometry, attentionScale } = spec;
  const { numHeads, headSize } = geometry;
  const { dropout } = options;
  const rate = spec.dropout.attention;
  return {
    shape: { batch: batch.size, numHeads, headSize },
    prefix,
    ...(attentionScale === null ? {} : { scale: attentionScale }),
    dropWeights:
      dropout && rate > 0 ? (ones: tf.Tensor): tf.Tensor => dropout(ones, rate, place) : null,
  };
}

function transform(
  pass: StackPass,
  names: StackLayerNames['feedForward'],
  place: string,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const { spec, weights, options } = pass;
  const map = (rows: tf.Tensor2D, name: string): Projection =>
    project(rows, weights.linear(name, options.weights));
  return block(pass, names.norm, `${place}/output`, hidden, (rows) => {
    const gate = names.gate ? map(rows, names.gate) : null;
    const inner = activateGated(map(rows, names.intermediate), gate, spec.activation);
    const { dropout } = options;
    const dropped = dropout ? dropout(inner, spec.dropout.activation, `${place}/inner`) : inner;
    return map(dropped, names.output);
  });
}
