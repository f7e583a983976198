import * as tf from '@tensorflow/tfjs';
import type { AttentionInput, AttentionOptions } from './attention-options.ts';
import { type FusedKernel, fusedKernel } from './fused-kernel.ts';
import { lastUse } from './last-use.ts';
import { settleBias } from './linear.ts';

/*
 * `PtlAttention` takes rows of queries and rows of keys and values, the biases of both, prefix keys
 * and values `[1 or batch, heads, prefixLength, headSize]` and a mask, each of which may be empty;
 * it gives the output and the logarithms of the softmax's denominators. Where queries, keys and
 * values lie side by side, the same rows are given twice. `PtlAttentionGrad` takes dy, these
 * logarithms and the same inputs, and gives the gradients of both rows, the second empty where they
 * are the same, and of the prefix.
 */

/** Whether the engine has the kernel and nothing is asked for that it does not do. */
export function canFuseAttention({ dropWeights, scale, scoreBias }: AttentionOptions): boolean {
  if (dropWeights || scale !== undefined || scoreBias) return false;
  return fusedKernel('PtlAttention') !== undefined && fusedKernel('PtlAttentionGrad') !== undefined;
}

export function fusedAttention(
  { query, keyValue }: AttentionInput,
  options: AttentionOptions,
): tf.Tensor2D {
  const input = { query: settleBias(query), keyValue: keyValue && settleBias(keyValue) };
  const forward = fusedKernel('PtlAttention') as FusedKernel; // Asked for above.
  const backward = fusedKernel('PtlAttentionGrad') as FusedKernel;
  const { prefix, shape } = options;
  const attributes = {
    batch: shape.batch,
    heads: shape.numHeads,
    keyHeads: shape.numKeyValueHeads ?? shape.numHeads,
    headSize: shape.headSize,
    causal: options.isCausal ?? false,
  };
  const rows = input.keyValue
    ? [input.query.product, input.keyValue.product]
    : [input.query.product];
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const inputs = kernelInputs(input, options, args.slice(0, -1) as tf.Tensor[]);
    const [output, logSums] = forward(inputs, attributes) as [tf.Tensor, tf.Tensor];
    save([logSums, ...Object.values(inputs)]);
    const gradFunc = lastUse((dy, saved) => {
      const [sums, ...kept] = saved as [tf.Tensor, ...tf.Tensor[]]; // As saved above.
      const again = Object.fromEntries(Object.keys(inputs).map((name, i) => [name, kept[i]]));
      const gradients = backward({ ...again, dy, logSums: sums } as tf.NamedTensorMap, attributes);
      return [
        ...gradients.slice(0, rows.length),
        ...(prefix ? gradients.slice(2).map((part) => tf.reshape(part, prefix.keys.shape)) : []),
      ];
    });
    return { value: output, gradFunc };
  });
  return op(...rows, ...(prefix ? [prefix.keys, prefix.values] : [])) as tf.Tensor2D;
}

/** The kernel's inputs, in their order; `given` are rows and prefix as TF.js hands them on. */
function kernelInputs(
  { query, keyValue }: AttentionInput,
  { shape, bias }: AttentionOptions,
  given: readonly tf.Tensor[],
) {
  const rows = given.slice(0, keyValue ? 2 : 1) as [tf.Tensor, tf.Tensor?];
  const [keys, values] = given.slice(rows.length);
  const keyHeads = shape.numKeyValueHeads ?? shape.numHeads;
  const none = (): tf.Tensor => tf.zeros([1, keyHeads, 0, shape.headSize]);
  const perRow = (part: tf.Tensor): tf.Tensor => (part.rank === 4 ? part : tf.expandDims(part, 0));
  return {
    query: rows[0],
    keyValue: rows[1] ?? rows[0],
    queryBias: query.bias ?? tf.tensor1d([]),
    keyValueBias: (keyValue ?? query).bias ?? tf.tensor1d([]),
    prefixKeys: keys ? perRow(keys) : none(),
    prefixValues: values ? perRow(values) : none(),
    mask: bias ?? tf.tensor1d([]),
  };
}
