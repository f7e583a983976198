import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { SharedBackend } from './shared-backend.ts';

interface Factor {
  readonly info: TensorInfo;
  readonly isTurned: boolean;
  /** How many matrices, and rows and columns of each as the product has them. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The products of matrices `[..., rows, depth]` and `[..., depth, columns]`, each stored that way or turned. Null for
 * what is left to TF.js's kernel: values that are no floats, nothing to sum, and batches of several axes that differ.
 *
 * TF.js computes two plain matrices in one thread, and several, or turned ones, ten times slower than those.
 */
export function batchProduct(
  backend: SharedBackend,
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
): TensorInfo | null {
  const a = factorOf(inputs['a'], attributes['transposeA'] === true);
  const b = factorOf(inputs['b'], attributes['transposeB'] === true);
  if (!a || !b || !fits(a, b)) return null;
  const count = Math.max(a.count, b.count);
  const outer = (a.count >= b.count ? a : b).info.shape.slice(0, -2);
  const output = backend.output([...outer, a.rows, b.columns]);
  const { sizes } = backend.kernels;
  const tiles = sizes.productTiles(b.columns);
  const floats = sizes.productScratch(a.rows, a.columns, Number(a.isTurned));
  backend.kernels.withScratch(floats, (scratch) => {
    const call = [
      ...matrices(backend, a),
      ...matrices(backend, b),
      output.address,
      ...[a.rows, a.columns, b.columns, scratch],
    ];
    const unitWork = (a.rows * a.columns * b.columns) / tiles;
    backend.kernels.run('batchProduct', { call, units: count * tiles, unitWork });
  });
  return output.info;
}

function factorOf(info: TensorInfo | undefined, isTurned: boolean): Factor | null {
  if (info?.dtype !== 'float32') return null;
  const [first = 0, second = 0] = info.shape.slice(-2);
  const count = info.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const [rows, columns] = isTurned ? [second, first] : [first, second];
  return { info, isTurned, count, rows, columns };
}

function fits(a: Factor, b: Factor): boolean {
  const [outerA, outerB] = [a, b].map(({ info }) => info.shape.slice(0, -2).join());
  const isAlike = outerA === outerB || a.count === 1 || b.count === 1;
  const ranks = a.info.shape.length === b.info.shape.length;
  return isAlike && ranks && a.columns === b.rows && a.columns > 0 && a.count * b.count > 0;
}

/** Address, floats from a matrix to the next, and whether it is turned. */
function matrices(backend: SharedBackend, { info, isTurned, count, rows, columns }: Factor) {
  return [backend.addressOf(info), count === 1 ? 0 : rows * columns, Number(isTurned)];
}
