import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { isPtlError } from '../contract/errors.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { collate } from '../tokenizer/collate.ts';
import { createModel } from './create-model.ts';
import { watched, windowMethod } from './window-method.ts';

const tagged = ['a', 'it was', 'the film', 'a good film', 'a bad place', 'it was a good time'].map(
  (text) => ({ tokens: text.split(' '), tags: text.split(' ').map(() => 'O' as const) }),
);
const task = tokenClassification({ labels: ['O', 'B-X'] });

let folder = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-states-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface CacheTrial {
  readonly length?: number;
  readonly positionOffset?: 'shift' | 'none';
  readonly maxBytes?: number;
  readonly folder?: string;
}

function open(
  on: Backbone,
  { length = 3, positionOffset, maxBytes = 1e6, folder }: CacheTrial = {},
) {
  const { backbone, passes } = watched(on);
  const config = { layers: [1], length };
  const given = positionOffset ? { positionOffset } : {};
  const model = createModel({ backbone, method: windowMethod, config, task, ...given });
  const examples = model.encode(tagged);
  const cache = model.frozenCache({ examples, batchSize: 2, maxBytes, folder });
  if (!cache) throw new TypeError('Its lowest layer has no prefix.');
  return {
    cache,
    examples,
    /** Lengths of the rows of each pass through the lower layer. */
    computed: () =>
      passes.map(({ batch: { size, sequence, attentionMask } }) =>
        Array.from({ length: size }, (_, row) =>
          attentionMask.slice(row * sequence, (row + 1) * sequence).filter((one) => one === 1),
        ).map((mask) => mask.length),
      ),
    statesOf: async (...places: number[]) =>
      await cache.states(places.flatMap((place) => examples[place] ?? [])),
    [Symbol.dispose]: () => model[Symbol.dispose](),
  };
}

describe('what is remembered of rows', () => {
  it('is computed in groups of like length, whichever row is asked for first', async () => {
    using backbone = createTinyBackbone();
    using one = open(backbone);
    using other = open(backbone);
    for (const place of [0, 1, 2, 3, 4, 5]) await one.statesOf(place);
    for (const place of [5, 3, 0, 4, 2, 1]) await other.statesOf(place);
    const groups = [
      [3, 4],
      [4, 5],
      [5, 7],
    ];
    expect(one.computed()).toEqual(groups);
    expect(other.computed().toSorted()).toEqual(groups);
  });

  it('stands where the tokens of a batch are, and zero behind them', async () => {
    using backbone = createTinyBackbone();
    using all = open(backbone);
    const states = await all.statesOf(5, 0);
    expect(states).toMatchObject({ layer: 1, shape: [2, 7, 8] });
    const values = states?.values ?? new Float32Array();
    const [long, short] = [values.subarray(0, 56), values.subarray(56)];
    expect(long.every((value) => value !== 0)).toBe(true);
    expect(short.subarray(0, 24).every((value) => value !== 0)).toBe(true);
    expect(short.subarray(24).every((value) => value === 0)).toBe(true);
  });

  it('fits in the memory that it may take, the longest rows first', async () => {
    using backbone = createTinyBackbone();
    using some = open(backbone, { maxBytes: (4 + 5 + 5 + 7) * 8 * 4 });
    expect(some.cache.bytes).toBe((4 + 5 + 5 + 7) * 8 * 4);
    expect(await some.statesOf(0)).toBeNull();
    using less = open(backbone, { maxBytes: (5 + 7) * 8 * 4 });
    expect(await less.statesOf(3)).toBeNull();
    expect(await less.statesOf(4)).not.toBeNull();
  });

  it('fills up a batch of which only some rows are known', async () => {
    using backbone = createTinyBackbone();
    using some = open(backbone, { maxBytes: (5 + 7) * 8 * 4 });
    using all = open(backbone);
    const expected = await all.statesOf(0, 5, 2);
    expect(await some.statesOf(0, 5, 2)).toEqual(expected);
    await some.statesOf(0, 5, 2);
    // The known group once, the other rows each time.
    expect(some.computed()).toEqual([
      [5, 7],
      [3, 4],
      [3, 4],
    ]);
  });

  it('is what the last layer gives where only a head is trained, at the positions that it reads', async () => {
    using backbone = createTinyBackbone();
    const marking = {
      ...task,
      encode: (...row: Parameters<typeof task.encode>) => {
        const example = task.encode(...row);
        return { ...example, row: { ...example.row, marks: [1, 0] } };
      },
      createHead: (context: Parameters<typeof task.createHead>[0]) => ({
        ...task.createHead(context),
        reads: 'marked' as const,
      }),
    };
    using model = createModel({ backbone, method: windowMethod, task: marking });
    const examples = model.encode(tagged);
    const cache = model.frozenCache({ examples, batchSize: 4, maxBytes: 1e6, folder: undefined });
    expect(cache?.bytes).toBe(6 * 2 * 8 * 4);
    const states = await cache?.states(examples);
    const { pad } = backbone.tokenizer.special;
    const batch = collate(
      examples.map(({ example }) => example.row),
      pad,
    );
    const expected = backbone.forward(batch, { kind: 'none' }, { read: 'marked' });
    expect(states).toMatchObject({ layer: 2, shape: expected.shape });
    expect(states?.values).toEqual(expected.dataSync());
  });

  it('is the same for each model that needs the same', async () => {
    using backbone = createTinyBackbone();
    using one = open(backbone);
    using shifted = open(backbone, { length: 4 });
    using unmoved = open(backbone, { positionOffset: 'none' });
    using moved = open(backbone, { length: 4, positionOffset: 'none' });
    const [first, second, third, fourth] = await Promise.all(
      [one, shifted, unmoved, moved].map(({ statesOf }) => statesOf(3)),
    );
    expect(second).not.toEqual(first);
    expect(third).not.toEqual(first);
    expect(fourth).toEqual(third);
  });
});

describe('a folder of what is remembered', () => {
  const place = (name: string) => join(folder, name);
  const filesOf = async (name: string) => (await readdir(place(name))).toSorted();

  it('serves the next run, and rows that memory has no room for', async () => {
    using backbone = createTinyBackbone();
    using first = open(backbone, { folder: place('next'), maxBytes: 0 });
    const expected = await first.statesOf(0, 1, 2, 3, 4, 5);
    expect(first.cache.bytes).toBe(0);
    expect(await first.statesOf(0, 1, 2, 3, 4, 5)).toEqual(expected);
    expect(first.computed()).toHaveLength(3);
    expect(await filesOf('next')).toHaveLength(3);
    using second = open(backbone, { folder: place('next') });
    expect(await second.statesOf(0, 1, 2, 3, 4, 5)).toEqual(expected);
    expect(second.computed()).toEqual([]);
  });

  it.each([
    ['positions', { length: 4 }, {}],
    ['weights', {}, { fingerprint: 'another' }],
    ['precision', {}, { precision: 'bfloat16' as const }],
  ])('holds what other %s give apart', async (name, trial, change) => {
    using backbone = createTinyBackbone();
    using one = open(backbone, { folder: place(name) });
    using other = open({ ...backbone, ...change }, { ...trial, folder: place(name) });
    await one.statesOf(5);
    await other.statesOf(5);
    expect(await filesOf(name)).toHaveLength(2);
    expect(other.computed()).toHaveLength(1);
  });

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4)],
    ['empty', () => Buffer.alloc(0)],
  ])('is mended where a file is %s', async (name, damage) => {
    using backbone = createTinyBackbone();
    using one = open(backbone, { folder: place(name) });
    const expected = await one.statesOf(5);
    const [file = ''] = await filesOf(name);
    const whole = await readFile(join(place(name), file));
    await writeFile(join(place(name), file), damage(whole));
    using other = open(backbone, { folder: place(name) });
    expect(await other.statesOf(5)).toEqual(expected);
    expect(await readFile(join(place(name), file))).toEqual(whole);
  });

  it('that cannot be written is an error', async () => {
    using backbone = createTinyBackbone();
    await writeFile(place('file'), '');
    using one = open(backbone, { folder: place('file') });
    const error: unknown = await one.statesOf(5).catch((reason: unknown) => reason);
    expect(isPtlError(error, 'FILE_WRITE_FAILED')).toBe(true);
  });
});
