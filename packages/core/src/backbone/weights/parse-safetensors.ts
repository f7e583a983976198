import { PtlError } from '../../contract/errors.ts';
import { dtypeSizes, isDtype } from './dtype.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** Contents of one safetensors file. */
export interface SafetensorsFile {
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit for the header, in bytes. */
const maximumHeader = 100_000_000;

/**
 * Reads the safetensors format: eight bytes with the length of a JSON header, the header, the data.
 *
 * The file is taken for hostile. Nothing is allocated on the word of the header: the tensors are
 * views into `bytes`, checked to lie within the data, to have the size of their shape and, as the
 * format demands, to cover the data without overlap or gap.
 *
 * @param file Name of the file, for messages.
 * @throws {@link PtlError} `FILE_INVALID`, with the tensor, the value and what is allowed.
 * @see https://github.com/huggingface/safetensors#format
 */
export function parseSafetensors(bytes: Uint8Array<ArrayBuffer>, file: string): SafetensorsFile {
  try {
    const start = dataStart(bytes);
    const header = parseHeader(bytes.subarray(8, start));
    const data = bytes.subarray(start);
    const metadata = parseMetadata(header.get('__metadata__'));
    header.delete('__metadata__');
    const ranges: Range[] = [];
    const tensors = new Map<string, StoredTensor>();
    for (const [name, entry] of header) {
      const { dtype, shape, begin, end } = parseEntry(name, entry, data.length);
      ranges.push({ name, begin, end });
      tensors.set(name, { name, file, dtype, shape, bytes: data.subarray(begin, end) });
    }
    checkCover(ranges, data.length);
    return { tensors, metadata };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    const { message: reason } = error;
    throw new PtlError('FILE_INVALID', `"${file}" is no safetensors file: ${reason}.`, {
      file,
      reason,
    });
  }
}

/** A fault of the file, on its way to the error that names the file. */
class Flaw extends Error {}

interface Range {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function dataStart(bytes: Uint8Array): number {
  if (bytes.length < 8) throw new Flaw(`it has ${bytes.length} bytes, at least 8 are needed`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const allowed = Math.min(bytes.length - 8, maximumHeader);
  if (length > allowed) {
    throw new Flaw(`its header claims ${length} bytes, at most ${allowed} are possible`);
  }
  return 8 + Number(length);
}

function parseHeader(bytes: Uint8Array): Map<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new Flaw(`its header is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isRecord(value)) throw new Flaw('its header is not an object');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw new Flaw(`its header has ${show(duplicate)} twice`);
  return new Map(Object.entries(value));
}

function parseMetadata(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new Flaw('its __metadata__ is not an object');
  const pairs = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text === 'string') return [key, text];
    throw new Flaw(`its __metadata__ has ${show(text)} for ${show(key)}; allowed: a string`);
  });
  return Object.fromEntries(pairs);
}

function parseEntry(name: string, entry: unknown, available: number) {
  if (!isRecord(entry)) throw new Flaw(`tensor ${show(name)} is ${show(entry)}, not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    const allowed = Object.keys(dtypeSizes).join(', ');
    throw new Flaw(`tensor ${show(name)} has dtype ${show(dtype)}; allowed: ${allowed}`);
  }
  if (!isCounts(shape)) {
    throw new Flaw(`tensor ${show(name)} has shape ${show(shape)}; allowed: integers from 0`);
  }
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw new Flaw(`tensor ${show(name)} has data_offsets ${show(offsets)}; allowed: two integers`);
  }
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > available) {
    const allowed = `an ascending pair within [0, ${available}]`;
    throw new Flaw(`tensor ${show(name)} has data_offsets ${show(offsets)}; allowed: ${allowed}`);
  }
  const size = byteSize(shape, dtypeSizes[dtype]);
  if (size !== end - begin) {
    const range = `${end - begin} bytes at ${show(offsets)}`;
    throw new Flaw(
      `tensor ${show(name)} has ${range}; its shape ${show(shape)} of ${dtype} takes ${size}`,
    );
  }
  return { dtype, shape, begin, end };
}

/** Bytes of a tensor; Infinity where a product is too large to be one. */
function byteSize(shape: readonly number[], elementSize: number): number {
  if (shape.includes(0)) return 0;
  const size = shape.reduce((product, length) => product * length, elementSize);
  return Number.isSafeInteger(size) ? size : Number.POSITIVE_INFINITY;
}

function checkCover(ranges: Range[], available: number): void {
  ranges.sort((one, other) => one.begin - other.begin || one.end - other.end);
  let position = 0;
  let previous = 'the header';
  for (const { name, begin, end } of ranges) {
    if (begin < position) throw new Flaw(`tensors ${previous} and ${show(name)} overlap`);
    if (begin > position) {
      throw new Flaw(`${begin - position} bytes between ${previous} and ${show(name)} are unused`);
    }
    position = end;
    previous = show(name);
  }
  if (position < available) throw new Flaw(`its last ${available - position} bytes are unused`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** JSON, cut where a hostile file would fill the screen. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
