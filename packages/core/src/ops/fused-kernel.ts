import * as tf from '@tensorflow/tfjs';

/**
 * Kernels of PTL's own that an engine may register under these names with `tf.registerKernel`.
 * Every op that asks for one has a composed form for the engines without it.
 */
export type FusedKernelName =
  | 'PtlAdamW'
  | 'PtlAddNorm'
  | 'PtlAddNormGrad'
  | 'PtlAttention'
  | 'PtlAttentionGrad'
  | 'PtlBfloat16EncoderLayer'
  | 'PtlBfloat16Pack'
  | 'PtlBfloat16Product'
  | 'PtlGelu'
  | 'PtlGeluGrad'
  | 'PtlLstm'
  | 'PtlLstmGrad'
  | 'PtlStatelessUniform';

type KernelInputs = Readonly<Record<string, tf.Tensor>>;
type KernelAttributes = Readonly<Record<string, number | boolean | readonly number[]>>;

/** Runs one fused kernel; inputs and outputs are as its composed form documents them. */
export type FusedKernel = (inputs: KernelInputs, attributes?: KernelAttributes) => tf.Tensor[];

/** The current engine's kernel of that name, or undefined where it has none. */
export function fusedKernel(name: FusedKernelName): FusedKernel | undefined {
  if (!tf.getKernel(name, tf.getBackend())) return undefined;
  return (inputs, attributes = {}) => {
    // TF.js types kernel maps as mutable; it changes neither.
    const output = tf
      .engine()
      .runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
    return Array.isArray(output) ? output : [output as tf.Tensor];
  };
}
