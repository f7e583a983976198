import * as tf from '@tensorflow/tfjs';
import type { OpAttribute, TensorflowBackend } from './tfjs-binding.ts';

/** An operation of ours in the addon: its inputs in order, and how many outputs it has. */
export interface FusedOperation {
  readonly inputs: readonly string[];
  readonly outputs: number;
  readonly attributes?: (
    attributes: Readonly<Record<string, unknown>>,
    backend: TensorflowBackend,
  ) => readonly OpAttribute[];
}

const attentionInputs = [
  'query',
  'keyValue',
  'queryBias',
  'keyValueBias',
  'prefixKeys',
  'prefixValues',
  'mask',
];

/**
 * The operations that `native/*.cc` define. Core asks for them by these names and has a composed form
 * of each for engines without them.
 */
const operations: Readonly<Record<string, FusedOperation>> = {
  PtlGelu: { inputs: ['x', 'bias'], outputs: 1 },
  PtlGeluGrad: { inputs: ['dy', 'x', 'bias'], outputs: 1 },
  PtlAddNorm: {
    inputs: ['x', 'residual', 'bias', 'scale', 'shift'],
    outputs: 3,
    attributes: ({ epsilon }, { binding }) => [
      { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: Number(epsilon) },
    ],
  },
  PtlAddNormGrad: { inputs: ['dy', 'normalized', 'inverse', 'scale'], outputs: 1 },
  PtlAttention: { inputs: attentionInputs, outputs: 2, attributes: attentionSettings },
  PtlAttentionGrad: {
    inputs: ['dy', 'logSums', ...attentionInputs],
    outputs: 4,
    attributes: attentionSettings,
  },
  PtlAdamW: { inputs: ['variable', 'gradient', 'mean', 'square', 'settings'], outputs: 3 },
  PtlLstm: { inputs: ['gates', 'weight'], outputs: 3 },
  PtlLstmGrad: { inputs: ['dy', 'states', 'cells', 'activated', 'weight'], outputs: 2 },
};

function attentionSettings(
  settings: Readonly<Record<string, unknown>>,
  { binding }: TensorflowBackend,
): readonly OpAttribute[] {
  return [
    integer(binding, 'batch', settings['batch']),
    integer(binding, 'heads', settings['heads']),
    integer(binding, 'key_heads', settings['keyHeads']),
    integer(binding, 'head_size', settings['headSize']),
    integer(binding, 'causal', settings['causal']),
  ];
}

/** An attribute that is a whole number. */
export function integer(
  { TF_ATTR_INT }: TensorflowBackend['binding'],
  name: string,
  value: unknown,
): OpAttribute {
  return { name, type: TF_ATTR_INT, value: Number(value) };
}

/** Registers the fused kernels with TF.js. Does nothing for those that are registered already. */
export function registerFusedKernels(): void {
  for (const [name, operation] of Object.entries(operations)) registerOperation(name, operation);
}

/** Registers one operation of the addon with TF.js, unless it is registered already. */
export function registerOperation(name: string, operation: FusedOperation): void {
  if (tf.getKernel(name, 'tensorflow')) return;
  tf.registerKernel({
    kernelName: name,
    backendName: 'tensorflow',
    // TF.js types backends as anything: it is the one named above.
    kernelFunc: ({ inputs, attrs, backend }) =>
      execute(name, operation, {
        inputs,
        attrs: attrs ?? {},
        backend: backend as TensorflowBackend,
      }),
  });
}

function execute(
  name: string,
  operation: FusedOperation,
  {
    inputs,
    attrs,
    backend,
  }: { inputs: tf.NamedTensorInfoMap; attrs: tf.NamedAttrMap; backend: TensorflowBackend },
): tf.Tensor[] {
  const attributes = operation.attributes?.(attrs, backend) ?? [];
  // Kernels are called with tensors; the type says only what they have in common with tensor infos.
  const tensors = operation.inputs.map((input) => inputs[input] as tf.Tensor);
  return backend.executeMultipleOutputs(name, attributes, tensors, operation.outputs);
}
