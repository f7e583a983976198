import type { GGUFTensorInfo } from '@huggingface/gguf';
import type { GgufValue } from './gguf-file.ts';
import { GgufFlaw, quote } from './gguf-flaw.ts';

/** A value with the numbers by which the format knows its type. */
export interface HeaderEntry {
  readonly value: GgufValue;
  readonly type: number;
  /** Type of the elements of a list. */
  readonly subType?: number;
}

const stringType = 8;
const listType = 9;

/** Bytes of a value by the number of its type; strings and lists have none of their own. */
const fixedSizes = [1, 1, 2, 2, 4, 4, 4, 1, null, null, 8, 8, 8];

/** Bytes that metadata and descriptions of tensors take in a file. */
export function headerSize(
  metadata: ReadonlyMap<string, HeaderEntry>,
  tensors: readonly GGUFTensorInfo[],
): number {
  let size = 0;
  for (const [key, entry] of metadata) size += textSize(key) + 4 + entrySize(key, entry);
  for (const { name, shape } of tensors) size += textSize(name) + 4 + 8 * shape.length + 4 + 8;
  return size;
}

function entrySize(key: string, { value, type, subType }: HeaderEntry): number {
  if (!Array.isArray(value)) return valueSize(value, type);
  if (type !== listType || subType === undefined || subType === listType) {
    throw new GgufFlaw(`its metadata has lists of lists for ${quote(key)}`);
  }
  const elements: readonly GgufValue[] = value;
  return 12 + elements.reduce((total: number, element) => total + valueSize(element, subType), 0);
}

function valueSize(value: GgufValue, type: number): number {
  if (type === stringType && typeof value === 'string') return textSize(value);
  return fixedSizes[type] ?? Number.NaN;
}

const encoder = new TextEncoder();

/** A text stands behind its length, which takes eight bytes. */
function textSize(text: string): number {
  return 8 + encoder.encode(text).length;
}
