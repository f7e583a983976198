import { deriveSeed, invalidOption } from '@ptl/core';
import { majorityName } from '../bench-methods.ts';
import type { DataSet } from '../data/data-set.ts';
import { shuffle } from '../data/shuffle.ts';
import { type Experiment, loadExperiment } from '../experiments/load-experiment.ts';
import { requireMethod } from '../runner/require-method.ts';
import { defaultGrid } from './default-grid.ts';
import { type Grid, type Setting, settingsOf, withAxes } from './grid.ts';
import { type HalvingOptions, type HalvingPlan, planHalving } from './halving.ts';
import type { GridOption } from './parse-grid.ts';

/** A setting that is tried, with all that the experiment says beside it. */
export interface Candidate {
  readonly setting: Setting;
  /** At full length. */
  readonly experiment: Experiment;
}

/** The search for one method on one task. */
export interface PlannedSearch {
  readonly dataSet: DataSet;
  readonly method: string;
  readonly seeds: readonly number[];
  /** Settings of the grid, of which `candidates` are drawn. */
  readonly gridSize: number;
  readonly candidates: readonly Candidate[];
  readonly halving: HalvingPlan;
}

export interface PlanSearchOptions extends Omit<HalvingOptions, 'epochs' | 'seeds'> {
  readonly dataSets: readonly DataSet[];
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  readonly grid: readonly GridOption[];
  experimentOf(dataSet: DataSet): string;
}

/**
 * Lists the searches, task by task and method by method, and validates every setting of every grid,
 * so that a mistake is known before the first training.
 *
 * @throws {@link PtlError} `METHOD_UNKNOWN`; `CONFIG_INVALID` for a setting that a method or the
 *   trainer does not take, for a grid of a method that is not searched, and for a budget without
 *   room for one setting.
 */
export async function planSearches(options: PlanSearchOptions): Promise<PlannedSearch[]> {
  const { dataSets, methods, grid } = options;
  for (const method of methods) requireSearchable(method);
  for (const { method } of grid) requireSearched(method, methods);
  const searches: PlannedSearch[] = [];
  for (const dataSet of dataSets) {
    for (const method of methods) searches.push(await planSearch(dataSet, method, options));
  }
  return searches;
}

async function planSearch(
  dataSet: DataSet,
  method: string,
  options: PlanSearchOptions,
): Promise<PlannedSearch> {
  const { seeds, experimentOf } = options;
  const settings = settingsOf(gridFor(dataSet, method, options.grid));
  const known = await Promise.all(
    settings.map(async (setting) => ({
      setting,
      experiment: await loadExperiment(experimentOf(dataSet), method, { overrides: setting }),
    })),
  );
  const drawn = shuffle(known, deriveSeed(1, `search/${dataSet.name}/${method}`));
  const epochs = drawn.map(({ experiment }) => experiment.training.epochs);
  const halving = planHalving({ ...options, epochs, seeds: seeds.length });
  if (halving.settings === 0) throw tooSmall(dataSet, method, options, epochs);
  const candidates = drawn.slice(0, halving.settings);
  return { dataSet, method, seeds, gridSize: known.length, candidates, halving };
}

function gridFor({ kind }: DataSet, method: string, grid: readonly GridOption[]): Grid {
  const own = grid.filter((option) => option.method === null || option.method === method);
  return withAxes(
    defaultGrid(method, kind),
    own.map(({ axis }) => axis),
  );
}

function requireSearchable(method: string): void {
  requireMethod(method);
  if (method !== majorityName) return;
  throw invalidOption('search', 'methods', `"${method}" has nothing to search for`);
}

function requireSearched(method: string | null, methods: readonly string[]): void {
  if (method === null || methods.includes(method)) return;
  const message = `There is a grid for "${method}", which is not searched; searched are ${methods.join(', ')}`;
  throw invalidOption('search', 'grid', message);
}

function tooSmall(
  { name }: DataSet,
  method: string,
  { seeds, ...options }: PlanSearchOptions,
  epochs: readonly number[],
) {
  const one = planHalving({
    ...options,
    epochs,
    seeds: seeds.length,
    budget: null,
    settings: 1,
  });
  const message = `Expected at least ${one.cost} epochs, which one setting of ${method} on ${name} takes, but got ${options.budget}`;
  return invalidOption('search', 'budget', message);
}
