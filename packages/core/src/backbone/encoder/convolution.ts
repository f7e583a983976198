import * as tf from '@tensorflow/tfjs';
import { addNorm } from '../../ops/add-norm.ts';
import { noDropout } from '../../ops/dropout.ts';
import { type LinearWeights, linear } from '../../ops/linear.ts';
import type { PickRows } from '../pass/read-tokens.ts';
import type { ConvolutionSpec } from './disentangled-spec.ts';
import type { EncoderPass } from './encoder-pass.ts';

/** What the first layer was given and what it gave. */
export interface ConvolutionInput {
  /** `[batch * sequence, hidden]`. */
  readonly embedded: tf.Tensor2D;
  /** The rows that are asked for, `[rows, hidden]`. */
  readonly output: tf.Tensor2D;
  /** Picks these rows; null where all are asked for. */
  readonly pick: PickRows | null;
}

/**
 * Adds a convolution over the embeddings to what the first layer gives, and normalizes the sum.
 *
 * Padding counts as zero. A prefix has no embeddings and takes no part.
 */
export function convolve(
  pass: EncoderPass,
  { name, norm, size, activation }: ConvolutionSpec,
  { embedded, output, pick }: ConvolutionInput,
): tf.Tensor2D {
  const { spec, weights, options } = pass;
  const kernel = asLinear(weights.linear(name, options.weights));
  const sums = linear(windows(pass, embedded, size), kernel);
  const drop = options.dropout ?? noDropout;
  const dropped = drop(pick ? pick(sums) : sums, spec.dropout.hidden, 'convolution');
  return addNorm(activation(dropped), output, weights.norm(norm, options.weights));
}

/** A kernel `[out, in, size]` as a linear map of `size` inputs side by side. */
function asLinear({ weight, ...rest }: LinearWeights): LinearWeights {
  const [out = 0] = weight.shape;
  const turned = tf.transpose(weight as tf.Tensor, [0, 2, 1]);
  return { ...rest, weight: tf.reshape(turned, [out, -1]) };
}

/** Each position beside its neighbours, `[batch * sequence, size * hidden]`. */
function windows({ batch }: EncoderPass, rows: tf.Tensor2D, size: number): tf.Tensor2D {
  const [count, hidden] = rows.shape;
  const { sequence } = batch;
  const mask = tf.tensor2d(Float32Array.from(batch.attentionMask), [count, 1]);
  const sequences = tf.reshape(tf.mul(rows, mask), [batch.size, sequence, hidden]);
  const reach = (size - 1) / 2;
  const padded = tf.pad(sequences, [
    [0, 0],
    [reach, reach],
    [0, 0],
  ]);
  const neighbours = Array.from({ length: size }, (_, offset) =>
    tf.slice(padded, [0, offset, 0], [batch.size, sequence, hidden]),
  );
  return tf.reshape(tf.concat(neighbours, 2), [count, size * hidden]);
}
