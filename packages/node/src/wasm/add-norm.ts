import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { floatInput, requireShape } from './require-shape.ts';
import type { SharedBackend } from './shared-backend.ts';

/** Multiplications and the like of one value. */
const valueWork = 10;

/** `PtlAddNorm`. */
export function addNorm(
  backend: SharedBackend,
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
): TensorInfo[] {
  const x = floatInput(inputs, 'x');
  const [rows = 0, width = 0] = x.shape;
  requireShape('x', x, [rows, width]);
  const residual = floatInput(inputs, 'residual');
  requireShape('residual', residual, [rows, width]);
  const vectors = ['bias', 'scale', 'shift'].map((name) => widthInput(inputs, name, width));
  const outputs = [
    [rows, width],
    [rows, width],
    [rows, 1],
  ].map((shape) => backend.output(shape));
  const read = [x, residual, ...vectors].map((info) => backend.addressOf(info));
  const written = outputs.map(({ address }) => address);
  const call = [...read, ...written, width, floatBits(Number(attributes['epsilon']))];
  backend.kernels.run('addNorm', { call, units: rows, unitWork: width * valueWork });
  return outputs.map(({ info }) => info);
}

/** `PtlAddNormGrad`. */
export function addNormGradient(backend: SharedBackend, inputs: NamedTensorInfoMap): TensorInfo {
  const dy = floatInput(inputs, 'dy');
  const [rows = 0, width = 0] = dy.shape;
  requireShape('dy', dy, [rows, width]);
  const normalized = floatInput(inputs, 'normalized');
  requireShape('normalized', normalized, [rows, width]);
  const inverse = floatInput(inputs, 'inverse');
  requireShape('inverse', inverse, [rows, 1]);
  const output = backend.output([rows, width]);
  const [at, hat, sigma, scale] = [dy, normalized, inverse, widthInput(inputs, 'scale', width)].map(
    (info) => backend.addressOf(info),
  ) as [number, number, number, number]; // One for each.
  const call = [at, 0, 0, scale, 0, output.address, hat, sigma, width, 0];
  backend.kernels.run('addNormGradient', { call, units: rows, unitWork: width * valueWork });
  return output.info;
}

function widthInput(inputs: NamedTensorInfoMap, name: string, width: number): TensorInfo {
  const info = floatInput(inputs, name);
  requireShape(name, info, [width]);
  return info;
}

/** A number as the bits of a float: calls are made of integers. */
function floatBits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0] ?? 0;
}
