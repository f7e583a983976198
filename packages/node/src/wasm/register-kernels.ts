import * as tf from '@tensorflow/tfjs';
import { addNorm, addNormGradient } from './add-norm.ts';
import { attention, attentionGradient } from './attention.ts';
import { batchProduct } from './batch-product.ts';
import { gatherRows } from './gather-rows.ts';
import { gelu, geluGradient } from './gelu.ts';
import type { SharedBackend } from './shared-backend.ts';

/** A kernel; its inputs and attributes are those of the op that asks for it. */
type WasmKernel<Other = never> = (
  backend: SharedBackend,
  inputs: tf.NamedTensorInfoMap,
  attributes: tf.NamedAttrMap,
) => tf.TensorInfo | tf.TensorInfo[] | Other;

const kernels: Readonly<Record<string, WasmKernel>> = {
  PtlAddNorm: addNorm,
  PtlAddNormGrad: addNormGradient,
  PtlAttention: attention,
  PtlAttentionGrad: attentionGradient,
  PtlGelu: gelu,
  PtlGeluGrad: geluGradient,
};

/** Kernels in front of TF.js's of the same name, which take what those give null for. */
const replacements: Readonly<Record<string, WasmKernel<null>>> = {
  BatchMatMul: batchProduct,
  GatherV2: gatherRows,
};

/** Registers PTL's kernels for a backend. Returns what takes them away again. */
export function registerKernels(backend: SharedBackend): () => void {
  const restore: (() => void)[] = [];
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => kernel(backend, inputs, attrs ?? {});
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
    restore.push(() => tf.unregisterKernel(kernelName, 'wasm'));
  }
  for (const [kernelName, kernel] of Object.entries(replacements)) {
    const replaced = tf.getKernel(kernelName, 'wasm');
    const kernelFunc: tf.KernelFunc = (params) =>
      kernel(backend, params.inputs, params.attrs ?? {}) ?? replaced.kernelFunc(params);
    putKernel({ ...replaced, kernelFunc });
    restore.push(() => putKernel(replaced));
  }
  return () => {
    for (const undo of restore) undo();
  };
}

/** In the place of another. */
function putKernel(config: tf.KernelConfig): void {
  tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel(config);
}
