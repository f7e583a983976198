import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { readJson } from '../files/read-file.ts';
import { loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { loadAdapter } from './load-adapter.ts';

/** What PEFT made; see `apps/parity/python/parity.py`. */
interface StoredCase {
  readonly family: string;
  readonly rows: readonly object[];
  readonly logits: readonly (readonly number[])[];
  readonly taskIndex?: number;
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const cases = (await readJson(`${fixtures}/peft/cases.json`)) as Record<string, StoredCase>;
const backbones = new Map<string, Backbone>();

async function backboneOf(family: string): Promise<Backbone> {
  const known = backbones.get(family) ?? (await loadFixtureBackbone(family));
  backbones.set(family, known);
  return known;
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => {
  for (const backbone of backbones.values()) backbone[Symbol.dispose]();
});

describe('an adapter that PEFT made', () => {
  it.each(Object.entries(cases))('%s gives the logits that PEFT gives', async (name, stored) => {
    const backbone = await backboneOf(stored.family);
    const { taskIndex } = stored;
    const options = taskIndex === undefined ? {} : { taskIndex };
    using model = await loadAdapter(backbone, `${fixtures}/peft/${name}`, options);
    const logits = await model.logits(stored.rows);
    for (const [row, { values }] of logits.entries()) {
      const expected = stored.logits[row] ?? [];
      expect(values).toHaveLength(expected.length);
      for (const [index, value] of values.entries()) {
        expect(Math.abs(value - (expected[index] ?? Number.NaN))).toBeLessThan(1e-5);
      }
    }
    expect(logits).toHaveLength(stored.logits.length);
  });
});
