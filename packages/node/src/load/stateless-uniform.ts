import * as tf from '@tensorflow/tfjs';
import type { TensorflowBackend } from './tfjs-binding.ts';

/** The name under which core asks for the kernel. */
export const statelessUniformName = 'PtlStatelessUniform';

/** Attributes of the kernel. Equal seeds give equal bits, whatever was drawn before. */
export interface StatelessUniformAttributes {
  readonly shape: readonly number[];
  /** Two 32-bit integers. */
  readonly seed: readonly [number, number];
}

/**
 * Registers a kernel without inputs that draws a `float32` tensor, uniform in `[0, 1)`, from a seed alone: TensorFlow's
 * `StatelessRandomUniform`. Does nothing if it is registered already.
 */
export function registerStatelessUniform(): void {
  if (tf.getKernel(statelessUniformName, 'tensorflow')) return;
  tf.registerKernel({
    kernelName: statelessUniformName,
    backendName: 'tensorflow',
    // TF.js types a kernel's backend and attributes as anything: the backend is the one named above, the attributes ours.
    kernelFunc: ({ backend, attrs }) =>
      draw(backend as TensorflowBackend, attrs as unknown as StatelessUniformAttributes),
  });
}

function draw(backend: TensorflowBackend, { shape, seed }: StatelessUniformAttributes): tf.Tensor {
  const shapeTensor = tf.tensor1d([...shape], 'int32');
  const seedTensor = tf.tensor1d([...seed], 'int32');
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'Tseed', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  try {
    return backend.executeSingleOutput('StatelessRandomUniform', attributes, [
      shapeTensor,
      seedTensor,
    ]);
  } finally {
    shapeTensor.dispose();
    seedTensor.dispose();
  }
}
