import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { floatInput, requireShape } from './require-shape.ts';
import type { SharedBackend } from './shared-backend.ts';

/** Multiplications and the like of one value. */
const valueWork = 30;

/** `PtlGelu`. */
export function gelu(backend: SharedBackend, inputs: NamedTensorInfoMap): TensorInfo {
  const x = floatInput(inputs, 'x');
  return compute(backend, 'gelu', [x, floatInput(inputs, 'bias')]);
}

/** `PtlGeluGrad`. */
export function geluGradient(backend: SharedBackend, inputs: NamedTensorInfoMap): TensorInfo {
  const x = floatInput(inputs, 'x');
  const dy = floatInput(inputs, 'dy');
  requireShape('dy', dy, x.shape);
  return compute(backend, 'geluGradient', [x, floatInput(inputs, 'bias'), dy]);
}

function compute(
  backend: SharedBackend,
  kernel: 'gelu' | 'geluGradient',
  [x, bias, dy]: readonly [TensorInfo, TensorInfo, TensorInfo?],
): TensorInfo {
  const [rows = 0, width = 0] = x.shape;
  requireShape('x', x, [rows, width]);
  requireShape('bias', bias, [width]);
  const output = backend.output([rows, width]);
  const read = [x, bias].map((info) => backend.addressOf(info));
  const call = [...read, dy ? backend.addressOf(dy) : 0, output.address, width];
  backend.kernels.run(kernel, { call, units: rows, unitWork: width * valueWork });
  return output.info;
}
