import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { type StoredTensor, toFloat32 } from './stored-tensor.ts';
import { type TensorToWrite, writeSafetensors } from './write-safetensors.ts';

/** Made by Python's safetensors library, see fixtures/make_safetensors.py. */
const fixture: {
  readonly written: Readonly<Record<'mixed' | 'prompt' | 'empty', string>>;
  readonly read: { readonly file: string; readonly values: Readonly<Record<string, string[]>> };
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/safetensors.json', import.meta.url), 'utf8'),
);

const decode = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

/** A file with the given header, as JSON text or as an object, and so many bytes of data. */
function file(header: unknown, dataLength = 0): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = new TextEncoder().encode(text);
  const whole = new Uint8Array(8 + bytes.length + dataLength);
  new DataView(whole.buffer).setBigUint64(0, BigInt(bytes.length), true);
  whole.set(bytes, 8);
  return whole;
}

const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: offsets,
});

describe('writeSafetensors', () => {
  it('gives the bytes of Python for types, names and shapes of all kinds', () => {
    const tensors: TensorToWrite[] = [
      { name: 'u8', shape: [3], data: Uint8Array.of(1, 2, 255) },
      { name: 'i32', shape: [1, 2], data: Int32Array.of(-1, 2) },
      { name: 'b', shape: [3], data: Float32Array.of(0, 1 / 3, 2 / 3) },
      { name: '🙂', shape: [1, 1], data: Float32Array.of(2.5) },
      { name: '\uffee', shape: [1], data: Float32Array.of(7) },
      { name: 'quote"\n/é', shape: [2, 0], data: new Float32Array() },
      { name: '10', shape: [1], data: Float32Array.of(10) },
      { name: '2', shape: [1], data: Float32Array.of(2) },
      { name: 'step', shape: [], data: BigInt64Array.of(3n) },
      { name: 'f64', shape: [2], data: Float64Array.of(0.1, 1e300) },
    ];
    expect(writeSafetensors(tensors)).toEqual(decode(fixture.written.mixed));
    expect(writeSafetensors([])).toEqual(decode(fixture.written.empty));
  });

  it('gives what it wrote back when read and written again', () => {
    const { tensors, metadata } = parseSafetensors(decode(fixture.written.prompt), 'prompt');
    const again = [...tensors.values()].map((tensor) => ({ ...tensor, data: toFloat32(tensor) }));
    expect(metadata).toEqual({ format: 'pt' });
    expect(writeSafetensors(again, metadata)).toEqual(decode(fixture.written.prompt));
  });

  it('refuses a name twice and data that does not fill its shape', () => {
    const tensor = { name: 'a', shape: [2], data: new Float32Array(2) };
    expect(() => writeSafetensors([tensor, tensor])).toThrow('are called "a"');
    expect(() => writeSafetensors([{ ...tensor, shape: [3] }])).toThrow('2 values for shape [3]');
  });
});

describe('toFloat32', () => {
  it('gives the values of torch for each type, special values included', () => {
    const { tensors } = parseSafetensors(decode(fixture.read.file), 'read');
    expect([...tensors.keys()].sort()).toEqual(Object.keys(fixture.read.values).sort());
    for (const [name, values] of Object.entries(fixture.read.values)) {
      const found = Array.from(toFloat32(tensors.get(name) as StoredTensor));
      const expected = values.map((text) => Number(text.replace('inf', 'Infinity')));
      expect(found, name).toEqual(expected);
    }
  });

  it('reads tensors that are not aligned to their element size', () => {
    const whole = file({ a: entry([1], [0, 1], 'U8'), b: entry([1], [1, 5]) }, 5);
    const moved = new Uint8Array(whole.length + 1);
    moved.set(whole, 1);
    new DataView(moved.buffer).setFloat32(moved.length - 4, 1.5, true);
    const { tensors } = parseSafetensors(moved.subarray(1), 'odd');
    expect(toFloat32(tensors.get('b') as StoredTensor)).toEqual(Float32Array.of(1.5));
  });

  it('refuses a type without a float32 form by name', () => {
    const { tensors } = parseSafetensors(file({ w: entry([1], [0, 1], 'F8_E4M3') }, 1), 'm.st');
    expect(() => toFloat32(tensors.get('w') as StoredTensor)).toThrow(
      '"m.st": tensor "w" has type F8_E4M3',
    );
  });
});

describe('parseSafetensors', () => {
  const cases: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
    ['an empty file', new Uint8Array(), 'it has 0 bytes, at least 8 are needed'],
    [
      'a header of 1 GB',
      Uint8Array.of(0, 0, 0, 0x40, 0, 0, 0, 0, 0x7b),
      'its header claims 1073741824 bytes, at most 1 are possible',
    ],
    [
      'a header of 2 ** 64 - 1 bytes',
      new Uint8Array(64).fill(255),
      'its header claims 18446744073709551615 bytes, at most 56 are possible',
    ],
    ['a header that is not JSON', file('{"a":'), 'its header is not JSON'],
    ['a header of 10,000 brackets', file('['.repeat(10_000)), 'its header is not JSON'],
    ['a header that is a list', file([]), 'its header is not an object'],
    ['a tensor twice', file('{"a":1,"\\u0061":2}'), 'its header has "a" twice'],
    ['a field twice', file('{"a":{"shape":[1],"shape" :[2]}}'), 'its header has "shape" twice'],
    ['a number as metadata', file({ __metadata__: { a: 1 } }), 'has 1 for "a"; allowed: a string'],
    ['a tensor that is null', file({ a: null }), 'tensor "a" is null, not an object'],
    [
      'an unknown type',
      file({ a: entry([1], [0, 4], 'F31') }, 4),
      'dtype "F31"; allowed: BOOL, U8',
    ],
    ['a type from a prototype', file({ a: entry([], [0, 0], 'toString') }), 'dtype "toString"'],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 0] } }), 'has shape nothing; allowed'],
    ['a negative shape', file({ a: entry([-1, -1], [0, 4]) }, 4), 'has shape [-1,-1]; allowed'],
    ['a broken length', file({ a: entry([0.5], [0, 2]) }, 2), 'has shape [0.5]; allowed'],
    [
      'a huge shape',
      file({ a: entry([2 ** 40, 2 ** 40], [0, 4]) }, 4),
      'has 4 bytes at [0,4]; its shape [1099511627776,1099511627776] of F32 takes Infinity',
    ],
    ['an unsafe integer', file({ a: entry([2 ** 60], [0, 4]) }, 4), 'allowed: integers from 0'],
    ['three offsets', file({ a: entry([1], [0, 4, 4]) }, 4), 'data_offsets [0,4,4]; allowed: two'],
    [
      'an offset past the end',
      file({ a: entry([2], [0, 8]) }, 4),
      'data_offsets [0,8]; allowed: an ascending pair within [0, 4]',
    ],
    ['offsets backwards', file({ a: entry([0], [4, 0]) }, 4), 'an ascending pair within [0, 4]'],
    ['a size that does not fit', file({ a: entry([2], [0, 4]) }, 4), 'of F32 takes 8'],
    [
      'tensors that overlap',
      file({ a: entry([2], [0, 8]), b: entry([1], [4, 8]) }, 8),
      'tensors "a" and "b" overlap',
    ],
    [
      'tensors in the same place',
      file({ a: entry([1], [0, 4]), b: entry([1], [0, 4]) }, 4),
      'overlap',
    ],
    [
      'a gap',
      file({ a: entry([1], [0, 4]), b: entry([1], [8, 12]) }, 12),
      '4 bytes between "a" and "b" are unused',
    ],
    ['bytes behind the tensors', file({ a: entry([1], [0, 4]) }, 6), 'its last 2 bytes are unused'],
  ];

  it.each(cases)('refuses %s', (_, bytes, reason) => {
    expect(() => parseSafetensors(bytes, 'w.safetensors')).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        message: expect.stringContaining(`"w.safetensors" is no safetensors file: `),
        details: { file: 'w.safetensors', reason: expect.stringContaining(reason) },
      }),
    );
  });

  it('takes a key with the name of a prototype for a key', () => {
    const { tensors } = parseSafetensors(
      file('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      'f',
    );
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });

  it('reads mutated files or refuses them with a PtlError', () => {
    const original = decode(fixture.written.mixed);
    const change = fc.record({
      at: fc.nat({ max: 700 }),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 6 }),
        fc
          .constantFrom('-', '9', '99999999', '"', '[', '{"', '},', 'F16', 'U8', '[0,4]', '\\', ':')
          .map((text) => new TextEncoder().encode(text)),
      ),
    });
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat({ max: original.length }), (changes, cut) => {
        const bytes = original.slice(0, cut % 3 === 0 ? cut : original.length);
        for (const { at, bytes: replacement } of changes) {
          if (at + replacement.length <= bytes.length) bytes.set(replacement, at);
        }
        return readsOrRefuses(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads any header or refuses it with a PtlError', () => {
    const header = fc.dictionary(
      fc.constantFrom('a', 'b', '__metadata__', 'dtype'),
      fc.record(
        {
          dtype: fc.constantFrom('F32', 'U8', 'BF16', 1, null),
          shape: fc.oneof(fc.array(fc.integer({ min: -1, max: 4 })), fc.jsonValue()),
          data_offsets: fc.oneof(fc.array(fc.integer({ min: -1, max: 16 })), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(fc.property(header, fc.nat(16), (value, size) => readsOrRefuses(file(value, size))));
  });
});

function readsOrRefuses(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    for (const tensor of parseSafetensors(bytes, 'fuzzed').tensors.values()) {
      const size = tensor.shape.reduce((product, length) => product * length, 1);
      if (toFloat32(tensor).length !== size) return false;
    }
    return true;
  } catch (error) {
    return isPtlError(error, 'FILE_INVALID');
  }
}
