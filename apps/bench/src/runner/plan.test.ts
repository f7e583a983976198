import { expect, it } from 'vitest';
import { builtInDataSet } from '../data/built-in-data-set.ts';
import { planRuns } from './plan.ts';

it('lists runs by task, then method, then seed', async () => {
  const dataSets = [await builtInDataSet('slots'), await builtInDataSet('intents')];
  const runs = await planRuns({
    dataSets,
    methods: ['majority', 'prefix'],
    seeds: [3, 4],
    experimentOf: ({ name }) => name,
  });
  expect(runs.map(({ dataSet, method, seed }) => `${dataSet.name} ${method} ${seed}`)).toEqual([
    ...['slots majority 3', 'slots majority 4', 'slots prefix 3', 'slots prefix 4'],
    ...['intents majority 3', 'intents majority 4', 'intents prefix 3', 'intents prefix 4'],
  ]);
});

it('suggests the nearest method for an unknown one', async () => {
  const options = { dataSets: [], methods: ['prefx'], seeds: [0], experimentOf: () => 'slots' };
  await expect(planRuns(options)).rejects.toThrow(
    'No method is called "prefx". Did you mean "prefix"? Known: majority, head-only,',
  );
});
