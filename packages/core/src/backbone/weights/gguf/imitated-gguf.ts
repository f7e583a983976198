/** A piece of metadata: its key, the number of its type, and the bytes of its value. */
type GgufPair = readonly [key: string, type: number, value: Uint8Array];

/** What stands in the header for a tensor. */
export interface GgufTensorEntry {
  readonly name: string;
  /** As in the file: innermost axis first. */
  readonly axes: readonly (number | bigint)[];
  readonly type: number;
  readonly offset: number | bigint;
}

export interface ImitatedGguf {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: bigint;
  readonly pairCount?: bigint;
  readonly pairs?: readonly GgufPair[];
  readonly tensors?: readonly GgufTensorEntry[];
  /** Bytes of data behind the header; zeros. */
  readonly dataBytes?: number;
  readonly alignment?: number;
}

/** Writes a GGUF file, right or wrong, for tests. */
export function imitateGguf({
  magic = 'GGUF',
  version = 3,
  pairs = [],
  tensors = [],
  tensorCount = BigInt(tensors.length),
  pairCount = BigInt(pairs.length),
  dataBytes = 0,
  alignment = 32,
}: ImitatedGguf): Uint8Array<ArrayBuffer> {
  const header = join([
    new TextEncoder().encode(magic),
    uint32(version),
    uint64(tensorCount),
    uint64(pairCount),
    ...pairs.flatMap(([key, type, value]) => [ggufText(key), uint32(type), value]),
    ...tensors.flatMap(({ name, axes, type, offset }) => [
      ggufText(name),
      uint32(axes.length),
      ...axes.map(uint64),
      uint32(type),
      uint64(offset),
    ]),
  ]);
  const padding = (alignment - (header.length % alignment)) % alignment;
  return join([header, new Uint8Array(padding + dataBytes)]);
}

export function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export function uint64(value: number | bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}

export function ggufText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return join([uint64(bytes.length), bytes]);
}

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let place = 0;
  for (const part of parts) {
    joined.set(part, place);
    place += part.length;
  }
  return joined;
}
