import type { GGUFTensorInfo } from '@huggingface/gguf';
import { PtlError } from '../../../contract/errors.ts';
import type { GgufFile, GgufTensor, GgufValue } from './gguf-file.ts';
import { GgufFlaw, quote } from './gguf-flaw.ts';
import { type GgufHeader, readHeader } from './read-header.ts';
import { isTensorType, type TensorType, tensorTypes } from './tensor-types.ts';

/** What ggml allows. */
const maximumAxes = 4;
const usualAlignment = 32;
/** Far beyond any file; ggml itself only asks for a power of two. */
const maximumAlignment = 65_536;

/**
 * Reads the GGUF format, version 2 or 3, little-endian.
 *
 * The file is taken for hostile. No tensor is copied or converted: each is a view into `bytes`,
 * checked to lie within the data, to have the size of its shape and to overlap no other.
 *
 * @param file Name of the file, for messages.
 * @throws {@link PtlError} `FILE_INVALID`, with the tensor, the value and what is allowed, also for
 *   a quantisation that PTL does not read.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function parseGguf(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<GgufFile> {
  try {
    const header = await readHeader(bytes);
    return { file, metadata: header.metadata, tensors: await placeTensors(header, bytes, file) };
  } catch (error) {
    if (!(error instanceof GgufFlaw)) throw error;
    const { message: reason } = error;
    const message = `"${file}" is no GGUF file that PTL can read: ${reason}.`;
    throw new PtlError('FILE_INVALID', message, { file, reason });
  }
}

async function placeTensors(
  { metadata, tensors, end }: GgufHeader,
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<ReadonlyMap<string, GgufTensor>> {
  const { GGMLQuantizationType } = await import('@huggingface/gguf');
  const alignment = readAlignment(metadata.get('general.alignment'));
  const data = bytes.subarray(Math.ceil(end / alignment) * alignment);
  const placed = new Map<string, GgufTensor>();
  for (const info of tensors) {
    const { name } = info;
    if (placed.has(name)) throw new GgufFlaw(`it has tensor ${quote(name)} twice`);
    const dtype = requireType(name, GGMLQuantizationType[info.dtype] ?? `number ${info.dtype}`);
    const shape = readShape(info);
    const begin = readOffset(info, alignment, data.length);
    const size = byteSize(name, shape, dtype);
    if (begin + size > data.length) {
      const available = Math.max(0, data.length - begin);
      throw new GgufFlaw(`tensor ${quote(name)} takes ${size} bytes, ${available} are there`);
    }
    placed.set(name, { name, file, dtype, shape, bytes: data.subarray(begin, begin + size) });
  }
  checkApart([...placed.values()]);
  return placed;
}

function readAlignment(value: GgufValue = usualAlignment): number {
  const alignment = Number(value);
  const isPower = Number.isInteger(Math.log2(alignment));
  if (isPower && alignment >= 1 && alignment <= maximumAlignment) return alignment;
  const allowed = `a power of two of at most ${maximumAlignment}`;
  throw new GgufFlaw(`its general.alignment is ${quote(String(value))}; allowed: ${allowed}`);
}

function requireType(tensor: string, type: string): TensorType {
  if (isTensorType(type)) return type;
  const allowed = Object.keys(tensorTypes).join(', ');
  throw new GgufFlaw(`tensor ${quote(tensor)} has type ${type}; allowed: ${allowed}`);
}

function readShape({ name, shape }: GGUFTensorInfo): number[] {
  if (shape.length >= 1 && shape.length <= maximumAxes) return shape.map(Number).reverse();
  throw new GgufFlaw(`tensor ${quote(name)} has ${shape.length} axes; allowed: 1 to 4`);
}

function readOffset({ name, offset }: GGUFTensorInfo, alignment: number, available: number) {
  if (offset <= BigInt(available) && Number(offset) % alignment === 0) return Number(offset);
  const allowed = `a multiple of ${alignment} within [0, ${available}]`;
  throw new GgufFlaw(`tensor ${quote(name)} has offset ${offset}; allowed: ${allowed}`);
}

/** Infinity where a product is too large to be a size. */
function byteSize(name: string, shape: readonly number[], dtype: TensorType): number {
  const { blockSize, blockBytes } = tensorTypes[dtype];
  const row = shape.at(-1) ?? 0;
  if (row % blockSize !== 0) {
    throw new GgufFlaw(
      `tensor ${quote(name)} has rows of ${row} values; ${dtype} takes a multiple of ${blockSize}`,
    );
  }
  const blocks = shape.reduce((product, length) => product * length, 1 / blockSize);
  const size = blocks * blockBytes;
  return Number.isSafeInteger(size) ? size : Number.POSITIVE_INFINITY;
}

function checkApart(tensors: readonly GgufTensor[]): void {
  const filled = tensors.filter(({ bytes }) => bytes.length > 0);
  filled.sort((one, other) => one.bytes.byteOffset - other.bytes.byteOffset);
  for (const [index, { name, bytes }] of filled.entries()) {
    const next = filled[index + 1];
    if (next && bytes.byteOffset + bytes.length > next.bytes.byteOffset) {
      throw new GgufFlaw(`tensors ${quote(name)} and ${quote(next.name)} overlap`);
    }
  }
}
