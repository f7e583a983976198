import * as tf from '@tensorflow/tfjs';
import { PtlError } from '../../contract/errors.ts';
import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import { hasBfloat16, isBfloat16, packBfloat16 } from '../../ops/bfloat16.ts';

/**
 * Of the products with frozen weights: `bfloat16` keeps these weights in 16 bits and multiplies with
 * them so; all else, prompts, heads, norms, softmax and the optimizer's moments, is float32 anyway.
 */
export type Precision = 'float32' | 'bfloat16';

/** Where weights come from, for messages, and how they are to be kept. */
export interface WeightsOrigin {
  readonly id: string;
  readonly precision: Precision;
}

/** @throws {@link PtlError} `PRECISION_UNSUPPORTED` if the engine has no fast products in it. */
export function assertPrecision(precision: Precision): void {
  if (precision === 'float32' || (precision === 'bfloat16' && hasBfloat16())) return;
  const engine = tf.getBackend();
  const reason =
    precision === 'bfloat16'
      ? `the engine "${engine}" has no fast products in it here; it takes TensorFlow from @ptl/node, and a processor ` +
        'with AVX512-BF16, AMX or ARM BF16. Use "float32"'
      : 'the allowed ones are "float32" and "bfloat16"';
  const message = `Precision "${precision}" cannot be used: ${reason}.`;
  throw new PtlError('PRECISION_UNSUPPORTED', message, { precision, engine, reason });
}

/** @throws {@link PtlError} `PRECISION_UNSUPPORTED` if the weight is kept in bfloat16. */
export function assertTrainable(name: string, weight: tf.Tensor): void {
  if (weight.rank !== 2 || !isBfloat16(weight as tf.Tensor2D)) return; // Of rank 2.
  const reason =
    'a backbone in bfloat16 keeps it frozen; to train it, load the backbone in float32';
  const message = `"${name}" cannot be read: ${reason}.`;
  const details = { precision: 'bfloat16', engine: tf.getBackend(), reason };
  throw new PtlError('PRECISION_UNSUPPORTED', message, details);
}

/** Makes a tensor of a parameter's values: packed where the precision asks for it. */
export function parameterTensor(
  { name, shape, layer }: BackboneParameter,
  values: Float32Array,
  precision: Precision,
): tf.Tensor {
  const tensor = tf.tensor(values, [...shape]);
  if (precision === 'float32' || layer === null || !isMatrix(name, shape)) return tensor;
  try {
    return packBfloat16(tensor as tf.Tensor2D); // Of rank 2, as seen above.
  } finally {
    tensor.dispose();
  }
}

/** Whether a layer multiplies by the parameter; columns are packed in pairs. */
function isMatrix(name: string, shape: readonly number[]): boolean {
  const [, columns = 1] = shape;
  return shape.length === 2 && columns % 2 === 0 && !name.includes('relative_attention_bias');
}
