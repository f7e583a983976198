import type { Dtype } from './dtype.ts';

/** Values of a tensor to be written; the class of the array decides the stored type. */
type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: TensorData;
}

/** Stored types in the order of the format's library, which writes later ones first. */
const order: readonly Dtype[] = ['U8', 'I32', 'F32', 'F64', 'I64', 'U64'];

/**
 * Writes tensors in the safetensors format, byte for byte as Python's library does: metadata first,
 * then larger types before smaller ones, then by name, without gaps, the header padded with spaces
 * to a multiple of eight bytes.
 *
 * @throws {@link RangeError} If a name is used twice or data does not fill its shape.
 * @see https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array<ArrayBuffer> {
  const sorted = tensors.map((tensor) => ({ ...tensor, dtype: dtypeOf(tensor.data) }));
  sorted.sort(
    (one, other) =>
      order.indexOf(other.dtype) - order.indexOf(one.dtype) || compareNames(one.name, other.name),
  );
  let end = 0;
  // A map and not an object: an object moves names such as "0" to its front.
  const entries = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) entries.set('__metadata__', metadata);
  for (const { name, shape, data, dtype } of sorted) {
    checkTensor(name, shape, data, entries);
    const begin = end;
    end += data.byteLength;
    entries.set(name, { dtype, shape, data_offsets: [begin, end] });
  }
  const header = encodeHeader(entries);
  const bytes = new Uint8Array(8 + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let position = 8 + header.length;
  for (const { data } of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

function encodeHeader(entries: ReadonlyMap<string, unknown>): Uint8Array {
  const members = [...entries].map(([name, entry]) => {
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  const header = new TextEncoder().encode(`{${members.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20);
  padded.set(header);
  return padded;
}

function checkTensor(
  name: string,
  shape: readonly number[],
  data: TensorData,
  entries: ReadonlyMap<string, unknown>,
): void {
  if (name === '__metadata__' || entries.has(name)) {
    throw new RangeError(`Two tensors, or the metadata, are called "${name}".`);
  }
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length) {
    throw new RangeError(`"${name}" has ${data.length} values for shape [${shape.join(', ')}].`);
  }
}

function dtypeOf(data: TensorData): Dtype {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof BigInt64Array) return 'I64';
  return data instanceof BigUint64Array ? 'U64' : 'U8';
}

/** Orders by code point, as UTF-8 bytes do; JavaScript's own order is by UTF-16 unit. */
function compareNames(one: string, other: string): number {
  const left = Array.from(one, (char) => char.codePointAt(0) ?? 0);
  const right = Array.from(other, (char) => char.codePointAt(0) ?? 0);
  const differing = left.findIndex((point, index) => point !== right[index]);
  if (differing === -1) return left.length - right.length;
  return (left[differing] ?? 0) - (right[differing] ?? -1);
}
