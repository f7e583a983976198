import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prefixLengths } from './layer-choice.ts';
import { gatePrefixes, PrefixPlan } from './prefix-plan.ts';
import type { LayerPrefix } from './prompt.ts';

const geometry = { numLayers: 4, numKeyValueHeads: 2, headSize: 3 };
const choice = { method: 'test', layers: 'all', length: 2, lengthField: 'length' } as const;

/** Prefixes of all layers in which each entry is a number of its own. */
function counted(length: number): LayerPrefix[] {
  const size = 2 * length * 3;
  const part = (index: number) =>
    tf.range(index * size, (index + 1) * size).reshape([2, length, 3]);
  return Array.from({ length: 4 }, (_, layer) => ({
    keys: part(2 * layer) as tf.Tensor3D,
    values: part(2 * layer + 1) as tf.Tensor3D,
  }));
}

const read = (layers: readonly (LayerPrefix | null)[]) =>
  layers.map((layer) => layer && [layer.keys.arraySync(), layer.values.arraySync()]);

it('knows the length of each layer, whatever the order of a list', () => {
  expect(prefixLengths(choice, 3)).toEqual([2, 2, 2]);
  expect(prefixLengths({ ...choice, layers: { first: 1 } }, 3)).toEqual([2, 0, 0]);
  expect(prefixLengths({ ...choice, layers: { last: 2 } }, 3)).toEqual([0, 2, 2]);
  expect(prefixLengths({ ...choice, layers: [2, 0], length: [5, 7] }, 3)).toEqual([5, 0, 7]);
});

it('gives each layer the beginning of its own prefix, from rows as from a table', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(lengths, (given) => {
      fc.pre(given.some((length) => length > 0));
      tf.tidy(() => {
        const plan = new PrefixPlan(given, geometry);
        const all = counted(plan.longest);
        const expected = all.map(({ keys, values }, layer) => {
          const length = given[layer] ?? 0;
          const start = (part: tf.Tensor) =>
            tf.slice(part as tf.Tensor3D, [0, 0, 0], [2, length, 3]);
          return length === 0 ? null : { keys: start(keys), values: start(values) };
        });
        const rows = plan.toRows(all);
        const table = plan.toTable(rows);
        expect(rows.shape).toEqual([plan.longest, plan.width]);
        expect(table.shape).toEqual(plan.tableShape);
        expect(table.size).toBe(given.reduce((sum, length) => sum + length, 0) * 2 * 2 * 3);
        expect(read(plan.fromRows(rows))).toEqual(read(expected));
        expect(read(plan.fromTable(table))).toEqual(read(expected));
      });
    }),
    { numRuns: 40 },
  );
});

it('scales the layers that have a prefix, in their order', () => {
  tf.tidy(() => {
    const [first = null, , third = null] = counted(1);
    const gated = gatePrefixes([null, first, null, third], tf.tensor1d([2, 3]));
    expect(gated.map((layer) => layer !== null)).toEqual([false, true, false, true]);
    const ratio = (index: number, of: LayerPrefix | null) =>
      (gated[index]?.values.dataSync()[1] ?? 0) / (of?.values.dataSync()[1] ?? 1);
    expect([ratio(1, first), ratio(3, third)]).toEqual([2, 3]);
  });
});
