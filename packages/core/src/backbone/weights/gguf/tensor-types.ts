import { dequantizeQ4K, dequantizeQ5K, dequantizeQ6K } from './dequantize-k.ts';
import { dequantizeQ4One, dequantizeQ4Zero, dequantizeQ8Zero } from './dequantize-legacy.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Writes the values of one block to `values` from `start` on. */
export type DequantizeBlock = (
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
) => void;

interface TensorLayout {
  /** Values in one block; a row is a whole number of blocks. */
  readonly blockSize: number;
  readonly blockBytes: number;
  /** Absent for plain floats, which are read at once. */
  readonly dequantize?: DequantizeBlock;
}

/**
 * How a GGUF file stores the values of a tensor, for each type that PTL reads.
 *
 * @see https://github.com/ggml-org/ggml, `ggml-common.h` for the layouts of the blocks
 */
export const tensorTypes = {
  F32: { blockSize: 1, blockBytes: 4 },
  F16: { blockSize: 1, blockBytes: 2 },
  BF16: { blockSize: 1, blockBytes: 2 },
  Q8_0: { blockSize: 32, blockBytes: 34, dequantize: dequantizeQ8Zero },
  Q4_0: { blockSize: 32, blockBytes: 18, dequantize: dequantizeQ4Zero },
  Q4_1: { blockSize: 32, blockBytes: 20, dequantize: dequantizeQ4One },
  Q4_K: { blockSize: 256, blockBytes: 144, dequantize: dequantizeQ4K },
  Q5_K: { blockSize: 256, blockBytes: 176, dequantize: dequantizeQ5K },
  Q6_K: { blockSize: 256, blockBytes: 210, dequantize: dequantizeQ6K },
} as const satisfies Readonly<Record<string, TensorLayout>>;

/** Element type of a tensor, as ggml spells it. */
export type TensorType = keyof typeof tensorTypes;

export function isTensorType(name: string): name is TensorType {
  return Object.hasOwn(tensorTypes, name);
}
