import type { GGUFTensorInfo } from '@huggingface/gguf';
import type { GgufValue } from './gguf-file.ts';
import { GgufFlaw } from './gguf-flaw.ts';
import { type HeaderEntry, headerSize } from './header-size.ts';

/** What stands before the data of a GGUF file. */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GGUFTensorInfo[];
  /** Bytes before the padding that precedes the data. */
  readonly end: number;
}

/** Bytes that the parser asks for at once. */
const pieceSize = 2_000_000;

/** Magic number, version and the two counts. */
const countsSize = 24;

/**
 * Reads the header of a GGUF file with Hugging Face's parser.
 *
 * The parser reads pieces of 2 MB over HTTP, at least 500 kB ahead; here it gets them from memory.
 * It fills the last piece up with zeros, and cuts a text short that goes on behind what it has read
 * ahead. So what it found is held against the bytes it took: nothing is wrong without a word.
 *
 * @throws GgufFlaw if it is malformed, or a version or byte order that PTL does not read.
 */
export async function readHeader(bytes: Uint8Array<ArrayBuffer>): Promise<GgufHeader> {
  const { gguf } = await import('@huggingface/gguf');
  // Never asked for: every piece comes from memory.
  const parsed = await gguf('https://localhost/', {
    fetch: fetchFrom(bytes),
    typedMetadata: true,
  }).catch((error: unknown) => {
    throw error instanceof GgufFlaw ? error : new GgufFlaw(describe(error));
  });
  const { version, tensor_count: _, kv_count: __, ...entries } = parsed.typedMetadata;
  if (!parsed.littleEndian) throw new GgufFlaw('its numbers are big-endian');
  if (version.value < 2) throw new GgufFlaw(`its version is ${version.value}; allowed: 2, 3`);
  const [dataStart, end] = parsed.tensorInfoByteRange;
  // The parser's types list what known keys should hold, which a file need not.
  const metadata = new Map(Object.entries(entries as Readonly<Record<string, HeaderEntry>>));
  const size = countsSize + headerSize(metadata, parsed.tensorInfos);
  if (end > bytes.length || size !== end || dataStart > end) {
    throw new GgufFlaw(
      'its header is cut short, has a key twice, text that is not UTF-8 or a text of more than 500,000 bytes',
    );
  }
  const values = [...metadata].map(([key, { value }]) => [key, value] as const);
  return { metadata: new Map(values), tensors: parsed.tensorInfos, end };
}

function fetchFrom(bytes: Uint8Array<ArrayBuffer>): typeof fetch {
  return async (_address, options) => {
    const range = new Headers(options?.headers).get('range') ?? '';
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const start = Number(first);
    // One piece behind the end is only read ahead; whoever needs another has left the file.
    if (start >= bytes.length + pieceSize) {
      throw new GgufFlaw('its header claims more than the file holds');
    }
    return new Response(bytes.subarray(start, Number(last) + 1), { status: 206 });
  };
}

function describe(error: unknown): string {
  // The parser lets the bounds checks of buffers through.
  if (error instanceof RangeError) return 'its header claims more than the file holds';
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^not a valid gguf file: /, '').replace(/\.$/, '');
}
