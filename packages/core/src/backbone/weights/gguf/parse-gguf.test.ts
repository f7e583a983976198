import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPtlError } from '../../../contract/errors.ts';
import {
  type GgufTensorEntry,
  ggufText,
  type ImitatedGguf,
  imitateGguf,
  join,
  uint32,
  uint64,
} from './imitated-gguf.ts';
import { parseGguf } from './parse-gguf.ts';

const fixture = new URL('../../../../fixtures/gguf/smollm.gguf', import.meta.url);
const real = Uint8Array.from(readFileSync(fixture));

const parse = (file: ImitatedGguf) => parseGguf(imitateGguf(file), 'x.gguf');
const plain: GgufTensorEntry = { name: 'a', axes: [4, 2], type: 0, offset: 0 };

/** A file with one tensor that departs from a right one. */
const withTensor = (changes: Partial<GgufTensorEntry>, dataBytes = 64): ImitatedGguf => ({
  tensors: [{ ...plain, ...changes }],
  dataBytes,
});

const textType = 8;
const listType = 9;
const listOf = (type: number, length: number | bigint, ...elements: Uint8Array[]) =>
  join([uint32(type), uint64(length), ...elements]);

describe('parseGguf', () => {
  it.each([2, 3])('reads metadata and tensors of version %i', async (version) => {
    const { metadata, tensors } = await parse({
      version,
      pairs: [
        ['text', textType, ggufText('größe')],
        ['list', listType, listOf(textType, 2, ggufText('a'), ggufText(''))],
        ['number', 4, uint32(7)],
        ['large', 10, uint64(2n ** 60n)],
        ['2', 7, Uint8Array.of(1)],
        ['1', 7, Uint8Array.of(0)],
      ],
      tensors: [
        { name: 'second', axes: [3], type: 0, offset: 32 },
        { ...plain, name: 'first' },
      ],
      dataBytes: 64,
    });
    expect(metadata.get('text')).toBe('größe');
    expect(metadata.get('list')).toEqual(['a', '']);
    expect(metadata.get('number')).toBe(7);
    expect(metadata.get('large')).toBe(2n ** 60n);
    expect(metadata.get('2')).toBe(true);
    expect(tensors.get('first')).toMatchObject({ dtype: 'F32', shape: [2, 4] });
    expect(tensors.get('second')?.bytes.length).toBe(12);
  });

  it('reads a header of several pieces', async () => {
    const texts = Array.from({ length: 150_000 }, (_, index) => `text ${index}`);
    const list = listOf(textType, texts.length, join(texts.map(ggufText)));
    const { metadata } = await parse({
      pairs: [
        ['list', listType, list],
        ['behind', textType, ggufText('x'.repeat(400_000))],
      ],
    });
    expect(metadata.get('list')).toEqual(texts);
    expect(metadata.get('behind')).toHaveLength(400_000);
  });

  it('takes the alignment that the file names', async () => {
    const pairs: ImitatedGguf['pairs'] = [['general.alignment', 4, uint32(256)]];
    const file = { ...withTensor({}, 32), pairs, alignment: 256 };
    expect((await parse(file)).tensors.get('a')?.bytes.byteOffset).toBe(256);
  });

  it.each<[string, ImitatedGguf, string]>([
    ['another magic', { magic: 'GGML' }, 'GGUF magic number'],
    ['version 1', { version: 1 }, 'version'],
    ['version 4', { version: 4 }, 'unsupported version "4"'],
    ['big-endian numbers', { version: 0x03000000 }, ''],
    ['pairs that are not there', { pairCount: 50n }, 'header'],
    ['2^63 pairs', { pairCount: 2n ** 63n }, '100000'],
    ['tensors that are not there', { tensorCount: 1000n }, ''],
    ['10 million tensors', { tensorCount: 10_000_000n }, 'claims more than the file holds'],
    ['2^64 - 1 tensors', { tensorCount: 2n ** 64n - 1n }, '10000000'],
    ['a text of 2^62 bytes', { pairs: [['a', textType, uint64(2n ** 62n)]] }, '10000000'],
    ['a text beyond the end', { pairs: [['a', textType, uint64(9_000_000)]] }, 'header'],
    ['a list of 2^60', { pairs: [['a', listType, listOf(4, 2n ** 60n)]] }, '1000000'],
    ['a list beyond the end', { pairs: [['a', listType, listOf(10, 900_000)]] }, 'claims more'],
    [
      'a list of lists',
      { pairs: [['a', listType, listOf(listType, 1, listOf(4, 1, uint32(1)))]] },
      'lists of lists for "a"',
    ],
    ['the key __proto__', { pairs: [['__proto__', 4, uint32(1)]] }, 'a key twice'],
    [
      'a text that the parser would cut short',
      { pairs: [['a', textType, ggufText('x'.repeat(3_000_000))]] },
      'a text of more than 500,000 bytes',
    ],
    ['a value of type 13', { pairs: [['a', 13, uint32(0)]] }, '13'],
    [
      'a key twice',
      {
        pairs: [
          ['a', 4, uint32(0)],
          ['a', 4, uint32(1)],
        ],
      },
      'a key twice',
    ],
    [
      'text that is not UTF-8',
      { pairs: [['a', textType, join([uint64(1), Uint8Array.of(255)])]] },
      'UTF-8',
    ],
    ['a tensor twice', { tensors: [plain, { ...plain, offset: 32 }], dataBytes: 64 }, '"a" twice'],
    ['IQ4_XS', withTensor({ type: 23 }), '"a" has type IQ4_XS; allowed: F32, F16, BF16, Q8_0'],
    ['type 99', withTensor({ type: 99 }), '"a" has type number 99'],
    ['no axis', withTensor({ axes: [] }), '0 axes'],
    ['5 axes', withTensor({ axes: [1, 1, 1, 1, 1] }), '5 axes'],
    ['9 axes', withTensor({ axes: [1, 1, 1, 1, 1, 1, 1, 1, 1] }), '9'],
    ['an axis of 2^63', withTensor({ axes: [2n ** 63n] }), '4294967296'],
    ['2^64 values', withTensor({ axes: [2n ** 32n, 2n ** 32n] }), 'takes Infinity bytes'],
    ['half a block', withTensor({ axes: [16], type: 8 }), 'rows of 16 values; Q8_0'],
    ['too little data', withTensor({ axes: [17] }), 'takes 68 bytes, 64 are there'],
    ['no data', withTensor({}, 0), 'takes 32 bytes, 0 are there'],
    ['a crooked offset', withTensor({ offset: 4 }), 'offset 4; allowed: a multiple of 32'],
    ['an offset of 2^63', withTensor({ offset: 2n ** 63n }), 'within [0, 64]'],
    [
      'tensors that overlap',
      {
        tensors: [
          { ...plain, axes: [9] },
          { ...plain, name: 'b', offset: 32 },
        ],
        dataBytes: 64,
      },
      '"a" and "b" overlap',
    ],
    ['alignment 0', { pairs: [['general.alignment', 4, uint32(0)]] }, 'alignment'],
    ['alignment 48', { pairs: [['general.alignment', 4, uint32(48)]] }, 'a power of two'],
    ['alignment 2^31', { pairs: [['general.alignment', 4, uint32(2 ** 31)]] }, 'at most 65536'],
  ])('refuses a file with %s', async (_, file, reason) => {
    await expect(parse(file)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('"x.gguf" is no GGUF file that PTL can read: '),
      details: { file: 'x.gguf', reason: expect.stringContaining(reason) },
    });
  });

  it('refuses every file that is cut short', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(real.length - 1), async (length) => {
        const error: unknown = await parseGguf(real.slice(0, length), 'x').catch((e: unknown) => e);
        return isPtlError(error, 'FILE_INVALID');
      }),
      { numRuns: 60 },
    );
  });

  it('reads or refuses a file with any bytes of its header changed, and does nothing else', async () => {
    const change = fc.tuple(fc.nat(8_000), fc.constantFrom(0, 1, 7, 8, 9, 127, 128, 255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = real.slice();
        for (const [place, value] of changes) bytes[place] = value;
        const error: unknown = await parseGguf(bytes, 'x').then(
          () => undefined,
          (reason: unknown) => reason,
        );
        return error === undefined || isPtlError(error, 'FILE_INVALID');
      }),
      { numRuns: 150 },
    );
  });
});
