import * as tf from '@tensorflow/tfjs';
import type { NormWeights } from './add-norm.ts';
import type { AttentionOptions } from './attention-options.ts';
import { isBfloat16 } from './bfloat16.ts';
import { fusedKernel } from './fused-kernel.ts';
import type { LinearWeights } from './linear.ts';

/*
 * `PtlBfloat16EncoderLayer` takes the rows that ask and those that are looked at, the linear maps of a
 * layer, each with its bias, scale and shift of its two normalizations, prefix keys and values `[1 or
 * batch, heads, prefixLength, headSize]` and a mask, which may be empty; it gives the layer's output.
 * Values are rounded to bfloat16 in front of every product, those of attention among them.
 */

/** Weights of attention and of a feed-forward network with GELU, each with a normalization behind it. */
export interface EncoderLayerWeights {
  /** Queries, keys and values, side by side. */
  readonly input: LinearWeights;
  readonly attended: LinearWeights;
  readonly attendedNorm: NormWeights;
  readonly inner: LinearWeights;
  readonly output: LinearWeights;
  readonly outputNorm: NormWeights;
}

export interface EncoderLayerRows {
  /** What asks, `[batch * queries, hidden]`. */
  readonly rows: tf.Tensor2D;
  /** What is looked at, `[batch * sequence, hidden]`; may be the same. */
  readonly hidden: tf.Tensor2D;
}

/**
 * A whole layer of an encoder at once, `[batch * queries, hidden]`; null where the engine has no kernel
 * for it, where a weight is not in bfloat16, or inside a gradient, of which the kernel has none.
 */
export function fusedEncoderLayer(
  { rows, hidden }: EncoderLayerRows,
  weights: EncoderLayerWeights,
  { shape, prefix, bias, dropWeights }: AttentionOptions,
): tf.Tensor2D | null {
  const { input, attended, attendedNorm, inner, output, outputNorm } = weights;
  const isPlain = dropWeights === null && shape.headSize % 2 === 0;
  const kernel = isPlain && canFuse(weights) ? fusedKernel('PtlBfloat16EncoderLayer') : undefined;
  if (!kernel) return null;
  const none = tf.zeros([1, shape.numHeads, 0, shape.headSize]);
  const perRow = (part: tf.Tensor): tf.Tensor => (part.rank === 4 ? part : tf.expandDims(part, 0));
  const [result] = kernel(
    {
      rows,
      hidden,
      ...linearInputs('input', input),
      ...linearInputs('attended', attended),
      attendedScale: attendedNorm.scale,
      attendedShift: attendedNorm.shift,
      ...linearInputs('inner', inner),
      ...linearInputs('output', output),
      outputScale: outputNorm.scale,
      outputShift: outputNorm.shift,
      prefixKeys: prefix ? perRow(prefix.keys) : none,
      prefixValues: prefix ? perRow(prefix.values) : none,
      mask: bias ?? tf.tensor1d([]),
    },
    {
      batch: shape.batch,
      heads: shape.numHeads,
      headSize: shape.headSize,
      epsilon: outputNorm.epsilon,
    },
  );
  return (result as tf.Tensor2D | undefined) ?? null; // The kernel gives a matrix.
}

function canFuse(weights: EncoderLayerWeights): boolean {
  const { input, attended, attendedNorm, inner, output, outputNorm } = weights;
  const isFrozen = [attendedNorm, outputNorm].every(({ trained }) => !trained);
  return (
    isFrozen &&
    attendedNorm.epsilon === outputNorm.epsilon &&
    [input, attended, inner, output].every(isPacked) &&
    tf.engine().state.gradientDepth === 0
  );
}

function isPacked({ weight, bias, isTransposed = false, trained }: LinearWeights): boolean {
  return isBfloat16(weight) && bias !== null && !isTransposed && !trained.weight && !trained.bias;
}

function linearInputs(name: string, { weight, bias }: LinearWeights): Record<string, tf.Tensor> {
  return { [name]: weight, ...(bias ? { [`${name}Bias`]: bias } : {}) };
}
