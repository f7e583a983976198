import { join } from 'node:path';
import type { Departures } from '../experiments/load-experiment.ts';
import { taskFolder } from '../records/task-folder.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import type { SearchResult } from './run-search.ts';
import { experimentAt } from './rung-entry.ts';
import { drawSearch } from './search-chart.ts';

/**
 * Writes `<folder>/<task>/<method>.search.json`, all that was tried and what was chosen, and a chart
 * of it as `.svg` beside it.
 *
 * @returns The path of the chart.
 * @throws {@link PtlError} `FILE_WRITE_FAILED`.
 */
export async function writeSearch(result: SearchResult, folder: string): Promise<string> {
  const place = join(folder, taskFolder(result.dataSet.name));
  const file = (ending: string) => join(place, `${result.method}.search.${ending}`);
  await writeFileAtomically(file('json'), `${JSON.stringify(toJson(result), null, 2)}\n`);
  await writeFileAtomically(file('svg'), await drawSearch(result));
  return file('svg');
}

function toJson({ dataSet, method, metric, seeds, gridSize, halving, ...result }: SearchResult) {
  const { chosen, results, spent } = result;
  return {
    version: 1,
    task: dataSet.name,
    method,
    metric,
    seeds,
    settings: { grid: gridSize, tried: halving.settings },
    epochs: { atMost: halving.cost, spent },
    rungs: results.map(({ share, entries }) => ({
      share,
      entries: entries.map(({ setting, epochs, scores, score, loss }) => ({
        setting,
        epochs,
        scores,
        score,
        loss: Number.isFinite(loss) ? loss : null,
      })),
    })),
    chosen: { setting: chosen.setting, experiment: chosenExperiment(result) },
  };
}

/** The experiment that was chosen, at full length. */
export function chosenExperiment({ chosen }: Pick<SearchResult, 'chosen'>) {
  return experimentAt(chosen, { settings: 1, share: 1 });
}

/** What was chosen, as an experiment's file has it. */
export function chosenDepartures(result: Pick<SearchResult, 'chosen'>): Departures {
  const { method, training } = result.chosen.setting;
  const { epochs, evaluateEveryEpochs } = chosenExperiment(result).training;
  return { method, training: { ...training, epochs, evaluateEveryEpochs } };
}
