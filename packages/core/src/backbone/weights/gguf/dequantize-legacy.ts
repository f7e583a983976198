import { float16Value } from '../stored-tensor.ts';

// Each product of a float16 with a few bits is exact, so one rounding to float32 gives ggml's bits.

type Bytes = Uint8Array<ArrayBuffer>;

/** `value = scale * quant`: a float16, then 32 signed bytes. */
export function dequantizeQ8Zero(
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
): void {
  const scale = readFloat16(bytes, offset);
  for (let index = 0; index < 32; index++) {
    values[start + index] = scale * signed(bytes[offset + 2 + index] ?? 0);
  }
}

/** `value = scale * (quant - 8)`: a float16, then 32 halves of bytes, the lower ones first. */
export function dequantizeQ4Zero(
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
): void {
  const scale = readFloat16(bytes, offset);
  for (let index = 0; index < 16; index++) {
    const byte = bytes[offset + 2 + index] ?? 0;
    values[start + index] = scale * ((byte & 15) - 8);
    values[start + 16 + index] = scale * ((byte >> 4) - 8);
  }
}

/** `value = scale * quant + minimum`: two float16, then 32 halves of bytes, the lower ones first. */
export function dequantizeQ4One(
  bytes: Bytes,
  offset: number,
  values: Float32Array,
  start: number,
): void {
  const scale = readFloat16(bytes, offset);
  const minimum = readFloat16(bytes, offset + 2);
  for (let index = 0; index < 16; index++) {
    const byte = bytes[offset + 4 + index] ?? 0;
    values[start + index] = scale * (byte & 15) + minimum;
    values[start + 16 + index] = scale * (byte >> 4) + minimum;
  }
}

/** The number in two bytes, little-endian. */
export function readFloat16(bytes: Bytes, offset: number): number {
  return float16Value((bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8));
}

/** A byte read as two's complement. */
export function signed(byte: number): number {
  return (byte << 24) >> 24;
}
