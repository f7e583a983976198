import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { SharedBackend } from './shared-backend.ts';

/**
 * Rows of a table by their numbers, copied whole; TF.js's kernel finds each value's place anew. Null for what is left to
 * it: other axes, other types, and numbers that name no row, which it refuses.
 */
export function gatherRows(
  backend: SharedBackend,
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
): TensorInfo | null {
  const [table, indices] = [inputs['x'], inputs['indices']];
  if (table?.dtype !== 'float32' || indices?.dtype !== 'int32') return null;
  if (Number(attributes['axis'] ?? 0) !== 0 || Number(attributes['batchDims'] ?? 0) !== 0)
    return null;
  const [count = 0, ...rowShape] = table.shape;
  const numbers = backend.typedArrayFromHeap(indices);
  if (table.shape.includes(0) || numbers.some((number) => !(number >= 0 && number < count)))
    return null;
  const output = backend.output([...indices.shape, ...rowShape]);
  const bytes = 4 * rowShape.reduce((product, size) => product * size, 1);
  const from = backend.addressOf(table);
  // Made anew: the memory may have grown for the output.
  const memory = backend.bytes();
  for (const [place, number] of backend.typedArrayFromHeap(indices).entries()) {
    const start = from + number * bytes;
    memory.copyWithin(output.address + place * bytes, start, start + bytes);
  }
  return output.info;
}
