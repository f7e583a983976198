import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';

/**
 * The input of that name, in floats.
 *
 * @throws TypeError if it is missing or holds something else.
 */
export function floatInput(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const info = inputs[name];
  if (info?.dtype === 'float32') return info;
  throw new TypeError(`${name} must be float32, got ${info?.dtype ?? 'nothing'}.`);
}

/**
 * @throws RangeError with both shapes unless they are the same.
 */
export function requireShape(
  name: string,
  { shape }: TensorInfo,
  expected: readonly (number | undefined)[],
): void {
  if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis]))
    return;
  throw new RangeError(`${name} has shape [${shape.join(', ')}], not [${expected.join(', ')}].`);
}
