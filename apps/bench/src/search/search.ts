import { resolve } from 'node:path';
import { invalidOption } from '@ptl/core';
import { loadDataSets } from '../cli/load-data-sets.ts';
import { type ContextOptions, openContext } from '../cli/open-context.ts';
import { ProgressLine } from '../cli/progress-line.ts';
import { RunLines } from '../cli/run-lines.ts';
import type { Terminal } from '../cli/terminal.ts';
import { saveExperiment } from '../experiments/save-experiment.ts';
import { summarize } from '../report/summary.ts';
import { terminalTable } from '../report/terminal-table.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { makeFinalRuns } from './final-runs.ts';
import { makeTrial } from './make-trial.ts';
import type { GridOption } from './parse-grid.ts';
import { type PlannedSearch, planSearches } from './plan-search.ts';
import { runSearch, type SearchResult } from './run-search.ts';
import { SearchLines } from './search-lines.ts';
import { describeSearch, searchTable } from './search-table.ts';
import { TrialStore } from './trial-store.ts';
import { chosenDepartures, writeSearch } from './write-search.ts';

export interface SearchCommandOptions extends ContextOptions {
  readonly tasks?: readonly string[];
  readonly methods: readonly string[];
  readonly grid: readonly GridOption[];
  readonly seeds: readonly number[];
  readonly rungs: number;
  readonly eta: number;
  readonly settings?: number;
  readonly budget: number;
  /** The test part is not looked at without them. */
  readonly finalSeeds?: readonly number[];
  readonly saveExperiment: boolean;
  readonly data?: string;
  readonly out: string;
  readonly fresh: boolean;
  readonly list: boolean;
}

/**
 * Makes the trainings that are missing, and prints and writes what they show.
 *
 * @throws {@link PtlError} what {@link planSearches} throws; `ABORTED`.
 */
export async function search(options: SearchCommandOptions, terminal: Terminal): Promise<void> {
  if (options.saveExperiment && options.data !== undefined) {
    const message = 'Expected a built-in task: experiments of own data are for all data of a kind';
    throw invalidOption('search', 'saveExperiment', message);
  }
  const { dataSets, experimentOf } = await loadDataSets(options.tasks, options.data);
  const { settings = null } = options;
  const searches = await planSearches({ ...options, settings, dataSets, experimentOf });
  terminal.write(searches.map((planned) => `${describeSearch(planned)}\n`).join(''));
  if (options.list) return;
  using context = await openContext(options, terminal);
  try {
    await makeAll(searches, { options, context, terminal });
  } catch (error) {
    if (context.signal.aborted) {
      terminal.error('Stopped; what was trained is stored. The same command goes on from there.\n');
    }
    throw error;
  }
}

interface Work {
  readonly options: SearchCommandOptions;
  readonly context: BenchContext;
  readonly terminal: Terminal;
}

async function makeAll(searches: readonly PlannedSearch[], work: Work): Promise<void> {
  const { options, context, terminal } = work;
  const results: SearchResult[] = [];
  for (const planned of searches) results.push(await makeSearch(planned, work));
  const { finalSeeds: seeds, fresh } = options;
  if (seeds === undefined) return;
  const records = await makeFinalRuns(results, {
    context,
    folder: resolve(options.out),
    fresh,
    seeds,
    listenerFor: (runs) => new RunLines(runs, new ProgressLine(terminal)),
  });
  terminal.write(`\nThe chosen settings on the test part:\n\n${terminalTable(summarize(records))}`);
}

async function makeSearch(
  planned: PlannedSearch,
  { options, context, terminal }: Work,
): Promise<SearchResult> {
  const folder = resolve(options.out);
  const result = await runSearch(planned, {
    context,
    store: new TrialStore(folder),
    fresh: options.fresh,
    makeTrial,
    listener: new SearchLines(new ProgressLine(terminal)),
  });
  terminal.write(`\n${searchTable(result)}`);
  terminal.write(`Chart: ${await writeSearch(result, folder)}\n`);
  if (options.saveExperiment) {
    const { dataSet, method } = result;
    const file = await saveExperiment(dataSet.name, method, chosenDepartures(result));
    terminal.write(`Experiment: ${file}\n`);
  }
  return result;
}
