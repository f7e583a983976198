import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import {
  type AdapterBench,
  configFile,
  configText,
  filledTensor,
  openAdapterBench,
  tensorFile,
  withTensors,
} from './adapter-bench.ts';

let bench: AdapterBench;
beforeAll(async () => {
  await tf.setBackend('cpu');
  bench = await openAdapterBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Rethrows whatever is not an error for the caller. */
async function loadsOrExplains(config: unknown, tensors: Uint8Array): Promise<void> {
  const error = await bench.tryAdapter(config, tensors);
  if (error !== null && !isPtlError(error)) throw error;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const mutation = fc.record({
  /** Bytes that are written over. */
  edits: fc.array(fc.record({ at: share, byte: fc.nat(255) }), { maxLength: 6 }),
  /** Whether they all hit the start of the file, where sizes and names are. */
  inHeader: fc.boolean(),
  /** How much of the file is left. */
  keep: fc.oneof(fc.constant(1), share),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

function mutate(original: Uint8Array, { edits, inHeader, keep }: Mutation): Uint8Array {
  const bytes = original.slice(0, Math.floor(keep * original.length));
  const reach = inHeader ? Math.min(400, bytes.length) : bytes.length;
  for (const { at, byte } of edits) bytes[Math.floor(at * reach)] = byte;
  return bytes;
}

describe('mutated files', () => {
  const names = [
    '../../etc/passwd',
    '__proto__',
    'constructor',
    '\u0000',
    'base_model.',
    'a'.repeat(300),
  ];

  it.each([
    ['of the config', new TextEncoder().encode(configText)],
    ['of the tensors', tensorFile],
  ])('load or end in a PtlError, whatever bytes %s are flipped or cut', async (part, original) => {
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const bytes = mutate(original, change);
        if (part === 'of the tensors') await loadsOrExplains(configFile, bytes);
        else await loadsOrExplains(new TextDecoder('latin1').decode(bytes), tensorFile);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('load or end in a PtlError, whatever a field of the config holds', async () => {
    const value = fc.oneof(
      fc.constantFrom(2 ** 53, -1, 0, 1e308, null, true, '', [], {}, ...names),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const field = fc.constantFrom(...Object.keys(configFile), ...names);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(field, value, { maxKeys: 3 }), async (change) => {
        await loadsOrExplains({ ...configFile, ...change }, tensorFile);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('load or end in a PtlError, whatever tensors are called and shaped', async () => {
    const name = fc.oneof(
      fc.constantFrom(
        ...names,
        'base_model.classifier.weight',
        'prompt_embeddings',
        'base_model.bert.embeddings.word_embeddings.weight',
      ),
      fc.string({ maxLength: 20 }),
    );
    const shape = fc.array(fc.nat(6), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(name, shape, async (extra, sizes) => {
        fc.pre(extra !== '__metadata__');
        const tensors = withTensors((all) => all.set(extra, filledTensor(extra, sizes)));
        await loadsOrExplains(configFile, tensors);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
