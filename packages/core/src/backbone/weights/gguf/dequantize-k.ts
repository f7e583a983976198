import { readFloat16, signed } from './dequantize-legacy.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Where the parts of a block with 6-bit scales and minima begin. */
interface KBlock {
  readonly bytes: Bytes;
  /** Two float16 and 12 bytes of scales begin here. */
  readonly offset: number;
  /** 128 bytes with the lower four bits of the quants. */
  readonly low: number;
  /** 32 bytes with a fifth bit, or null. */
  readonly high: number | null;
}

/** `value = scale * quant - minimum` with a scale and a minimum of 6 bits each for 32 values. */
export function dequantizeQ4K(
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
): void {
  dequantizeK({ bytes, offset, low: offset + 16, high: null }, values, start);
}

/** As Q4_K, with a fifth bit of each quant in 32 bytes of their own. */
export function dequantizeQ5K(
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
): void {
  dequantizeK({ bytes, offset, low: offset + 48, high: offset + 16 }, values, start);
}

/** `value = scale * (quant - 32)` with a signed 8-bit scale for 16 values and quants of 4 + 2 bits. */
export function dequantizeQ6K(
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
): void {
  const shared = readFloat16(bytes, offset + 208);
  for (let index = 0; index < 256; index++) {
    const half = index >> 7; // Each half has 64 bytes of low and 32 of high bits.
    const quarter = (index >> 5) & 3;
    const column = index & 31;
    const low = bytes[offset + half * 64 + (quarter & 1) * 32 + column] ?? 0;
    const high = bytes[offset + 128 + half * 32 + column] ?? 0;
    const quant = ((low >> (quarter >> 1 ? 4 : 0)) & 15) | (((high >> (2 * quarter)) & 3) << 4);
    const scale = shared * signed(bytes[offset + 192 + (index >> 4)] ?? 0);
    values[start + index] = scale * (quant - 32);
  }
}

function dequantizeK(block: KBlock, values: Float32Array, start: number): void {
  const { bytes, offset, low, high } = block;
  const sharedScale = readFloat16(bytes, offset);
  const sharedMinimum = readFloat16(bytes, offset + 2);
  for (let part = 0; part < 8; part++) {
    const scale = sharedScale * scaleBits(bytes, offset + 4, part);
    const minimum = sharedMinimum * minimumBits(bytes, offset + 4, part);
    const shift = part & 1 ? 4 : 0; // Two neighbouring parts share 32 bytes.
    for (let column = 0; column < 32; column++) {
      const bits = ((bytes[low + (part >> 1) * 32 + column] ?? 0) >> shift) & 15;
      const fifth = high === null ? 0 : (((bytes[high + column] ?? 0) >> part) & 1) << 4;
      values[start + part * 32 + column] = scale * (bits | fifth) - minimum;
    }
  }
}

/** Scales 0 to 3 fill the lower six bits of bytes 0 to 3; the others are split over two bytes. */
function scaleBits(bytes: Bytes, offset: number, part: number): number {
  if (part < 4) return (bytes[offset + part] ?? 0) & 63;
  const low = (bytes[offset + part + 4] ?? 0) & 15;
  return low | (((bytes[offset + part - 4] ?? 0) >> 6) << 4);
}

/** Minima 0 to 3 fill the lower six bits of bytes 4 to 7; the others are split likewise. */
function minimumBits(bytes: Bytes, offset: number, part: number): number {
  if (part < 4) return (bytes[offset + part + 4] ?? 0) & 63;
  const low = (bytes[offset + part + 4] ?? 0) >> 4;
  return low | (((bytes[offset + part] ?? 0) >> 6) << 4);
}
