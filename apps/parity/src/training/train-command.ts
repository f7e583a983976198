import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInDataSet, type DataSet } from '@ptl/bench/data-sets';
import { type EngineName, useEngine } from '@ptl/node';
import type { Terminal } from '../terminal.ts';
import type { TrainedComparison } from './compare-answers.ts';
import { compareTrained } from './compare-trained.ts';
import { writeModelFolder } from './model-folder.ts';
import { batchSize, trainedCases } from './trained-cases.ts';
import { trainedCount, trainedLine, trainingPage } from './training-page.ts';

export interface TrainOptions {
  readonly python: string;
  /** The Markdown file that is written. */
  readonly out: string;
  /** Null for the best there is. */
  readonly engine: EngineName | null;
  /** Optimizer steps of each training. */
  readonly steps: number;
}

/**
 * Trains each case in PEFT and in PTL, and lets the other library read what came out, one line each.
 * Resolves to whether all predictions and scores are the same.
 */
export async function trainCommand(
  { python, out, engine, steps }: TrainOptions,
  terminal: Terminal,
): Promise<boolean> {
  const say = (line: string): void => terminal.error(`${line}\n`);
  const used = await useEngine({ ...(engine ? { engine } : {}), onMessage: say });
  const root = await mkdtemp(join(tmpdir(), 'ptl-parity-'));
  try {
    const dataSets = await loadDataSets();
    await writeModelFolder(join(root, 'model'));
    await writeWork(root, dataSets, steps);
    const comparisons: TrainedComparison[] = [];
    const versions = await compareTrained({
      python,
      root,
      dataSets,
      steps,
      say,
      onComparison(comparison) {
        comparisons.push(comparison);
        terminal.write(trainedLine(comparison));
      },
    });
    terminal.write(`${trainedCount(comparisons)}\n`);
    const all = { ...versions, [`PTL on ${used.engine}`]: used.version };
    await writeFile(out, trainingPage(comparisons, steps, all));
    return comparisons.every(({ agrees }) => agrees);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function loadDataSets(): Promise<ReadonlyMap<string, DataSet>> {
  const names = [...new Set(trainedCases.map(({ dataSet }) => dataSet))];
  const loaded = await Promise.all(names.map(builtInDataSet));
  return new Map(loaded.map((dataSet) => [dataSet.name, dataSet]));
}

/** Tells `training.py` what to do. */
async function writeWork(
  root: string,
  dataSets: ReadonlyMap<string, DataSet>,
  steps: number,
): Promise<void> {
  const data = Object.fromEntries(dataSets);
  const work = { steps, batchSize, cases: trainedCases, dataSets: data };
  await writeFile(join(root, 'work.json'), JSON.stringify(work));
}
