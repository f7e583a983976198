import { describe, expect, it } from 'vitest';
import { builtInDataSet } from '../data/built-in-data-set.ts';
import { describeSetting } from './grid.ts';
import { parseGridOption } from './parse-grid.ts';
import { type PlanSearchOptions, planSearches } from './plan-search.ts';

async function plan(rest: Partial<PlanSearchOptions> = {}) {
  return await planSearches({
    dataSets: [await builtInDataSet('slots')],
    methods: ['p-tuning-v2'],
    seeds: [100],
    grid: [],
    rungs: 2,
    eta: 3,
    settings: null,
    budget: null,
    experimentOf: ({ name }) => name,
    ...rest,
  });
}

const grid = (...texts: string[]) => texts.map(parseGridOption);

it('tries lengths and rates where it is not told what, and rates where a method has no length', async () => {
  const [v2, full] = await plan({ methods: ['p-tuning-v2', 'full-fine-tuning'] });
  const fields = (search: typeof v2) =>
    new Set(
      search?.candidates.map(({ setting }) =>
        Object.keys({ ...setting.method, ...setting.training }).join(),
      ),
    );
  expect(fields(v2)).toEqual(new Set(['promptLength,learningRate']));
  expect(fields(full)).toEqual(new Set(['learningRate']));
  expect(v2?.candidates).toHaveLength(15);
});

it('has a grid that every method takes, on both kinds of task', async () => {
  const dataSets = await Promise.all(['slots', 'intents'].map(builtInDataSet));
  const methods =
    'head-only,bias-only,last-layers,prompt-tuning,p-tuning,prefix,p-tuning-v2,full-fine-tuning';
  const searches = await plan({ dataSets, methods: methods.split(',') });
  expect(searches).toHaveLength(16);
  for (const { gridSize, method } of searches) expect(gridSize, method).toBeGreaterThan(3);
});

it('draws settings out of the grid, the same every time, and keeps what the experiment says beside', async () => {
  const options = {
    grid: grid('method.promptLength=2,4,6', 'training.epochs=9', 'prefix:method.dropout=0.5'),
    methods: ['p-tuning-v2', 'prefix'],
    settings: 4,
  };
  const wrong = plan(options);
  await expect(wrong).rejects.toThrow(/experiments\/slots\/prefix\.json.*promptLength/s);
  const own = { ...options, methods: ['p-tuning-v2'], grid: options.grid.slice(0, 2) };
  const [first, second] = [await plan(own), await plan(own)];
  const names = first[0]?.candidates.map(({ setting }) => describeSetting(setting));
  expect(second[0]?.candidates.map(({ setting }) => describeSetting(setting))).toEqual(names);
  expect(names).toHaveLength(4);
  // By lot, over all of the grid: its first four settings have the shortest prompts.
  const lengths = first[0]?.candidates.map(({ setting }) => setting.method['promptLength']);
  expect(new Set(lengths).size).toBeGreaterThan(1);
  expect(first[0]).toMatchObject({ gridSize: 15, halving: { settings: 4, cost: 4 * 3 + 9 } });
  const [candidate] = first[0]?.candidates ?? [];
  expect(candidate?.experiment).toMatchObject({
    method: { ...candidate?.setting.method, frozenDropout: true },
    training: { ...candidate?.setting.training, epochs: 9, batchSize: 16 },
  });
});

it('takes a grid for one method alone', async () => {
  const [v2, prefix] = await plan({
    methods: ['p-tuning-v2', 'prefix'],
    grid: grid('prefix:training.learningRate=7', 'prefix:method.prefixLength=3'),
  });
  expect(v2?.gridSize).toBe(15);
  expect(prefix?.candidates.map(({ setting }) => setting)).toEqual([
    { method: { prefixLength: 3 }, training: { learningRate: 7 } },
  ]);
});

describe('a mistake is known before anything is trained', () => {
  it.each([
    [{ methods: ['p-tunning'] }, 'METHOD_UNKNOWN'],
    [{ methods: ['majority'] }, 'methods: "majority" has nothing to search for'],
    [{ grid: grid('training.learningrate=1') }, /experiments.slots.p-tuning-v2.*learningrate/s],
    [{ grid: grid('method.promptLength=8,0') }, /promptLength/],
    [
      { grid: grid('prefix:training.epochs=1') },
      'grid: There is a grid for "prefix", which is not',
    ],
    [{ budget: 79, seeds: [1] }, 'budget: Expected at least 80 epochs'],
    [{ budget: 10 }, 'which one setting of p-tuning-v2 on slots takes, but got 10'],
  ])('%j', async (options, message) => {
    await expect(plan(options)).rejects.toThrow(message);
  });
});
