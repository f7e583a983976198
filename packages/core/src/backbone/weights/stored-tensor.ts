import { PtlError } from '../../contract/errors.ts';
import type { Dtype } from './dtype.ts';
import { pagedFloats } from './paged-buffer.ts';

/** A tensor as a file holds it. */
export interface StoredTensor {
  readonly name: string;
  /** Where it comes from, for messages. */
  readonly file: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** A view into the file's bytes: little-endian, row-major, at any alignment. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Converts a tensor to float32, row-major, in memory of its own.
 *
 * Integers beyond 2 ** 24 and float64 values are rounded to the nearest float32.
 *
 * @throws {@link PtlError} `FILE_INVALID` for a type that has no number for each element, such as
 *   the 8-bit floats.
 */
export function toFloat32(tensor: StoredTensor): Float32Array<ArrayBuffer> {
  const { dtype, file, name } = tensor;
  const convert = converters[dtype];
  if (convert) return convert(tensor.bytes);
  const reason = `tensor "${name}" has type ${dtype}, which has no float32 form here; allowed: ${Object.keys(converters).join(', ')}`;
  throw new PtlError('FILE_INVALID', `"${file}": ${reason}.`, { file, reason });
}

type Bytes = Uint8Array<ArrayBuffer>;

const converters: Partial<Record<Dtype, (bytes: Bytes) => Float32Array<ArrayBuffer>>> = {
  F32: copyFloats,
  F16: (bytes) => fromFloat16(new Uint16Array(...elements(bytes, 2))),
  BF16: (bytes) => fromBfloat16(new Uint16Array(...elements(bytes, 2))),
  F64: (bytes) => Float32Array.from(new Float64Array(...elements(bytes, 8))),
  I64: (bytes) => Float32Array.from(new BigInt64Array(...elements(bytes, 8)), Number),
  I32: (bytes) => Float32Array.from(new Int32Array(...elements(bytes, 4))),
  U8: (bytes) => Float32Array.from(bytes),
  BOOL: (bytes) => Float32Array.from(bytes),
};

/** Arguments of a typed array over the bytes, which are copied where they are not aligned. */
function elements(bytes: Bytes, size: number): [ArrayBuffer, number, number] {
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return [aligned.buffer, aligned.byteOffset, aligned.byteLength / size];
}

function copyFloats(bytes: Bytes): Float32Array<ArrayBuffer> {
  const values = pagedFloats(bytes.length / 4);
  new Uint8Array(values.buffer).set(bytes);
  return values;
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = pagedFloats(halves.length);
  const bits = new Uint32Array(values.buffer, 0, halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = (halves[index] ?? 0) << 16;
  return values;
}

function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = float16Table();
  const values = pagedFloats(halves.length);
  for (let index = 0; index < halves.length; index++) {
    values[index] = table[halves[index] ?? 0] ?? 0;
  }
  return values;
}

/** The number that 16 bits stand for. */
export function float16Value(bits: number): number {
  return float16Table()[bits] ?? 0;
}

let float16Values: Float32Array | undefined;

/** The value of each of the 65,536 float16 bit patterns. */
function float16Table(): Float32Array {
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = (bits & 1023) / 1024;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -14;
    return sign * (1 + fraction) * 2 ** (exponent - 15);
  });
  return float16Values;
}
