import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataSet, taskOf } from '@ptl/bench/data-sets';
import { type Backbone, loadAdapter, loadBackbone } from '@ptl/core';
import { runPython } from '../run-python.ts';
import { type Answers, answersOf, type PeftAnswers, peftAnswersSchema } from './answers.ts';
import { compareAnswers, type TrainedComparison } from './compare-answers.ts';
import { trainOwn } from './train-own.ts';
import { type TrainedCase, trainedCases } from './trained-cases.ts';

export interface TrainedWork {
  readonly python: string;
  /** Holds the model and `work.json`; adapters and answers go there. */
  readonly root: string;
  readonly dataSets: ReadonlyMap<string, DataSet>;
  readonly steps: number;
  /** Progress, line by line. */
  readonly say: (line: string) => void;
  readonly onComparison: (comparison: TrainedComparison) => void;
}

/** Compares every case both ways. Resolves to the versions of PEFT's side. */
export async function compareTrained(work: TrainedWork): Promise<PeftAnswers['versions']> {
  const { root, say, onComparison } = work;
  const peft = await askPeft(work, 'train');
  using backbone = await loadBackbone(join(root, 'model'));
  for (const trained of trainedCases) {
    const read = await readTrained(work, trained, backbone);
    const answers = peft.results[trained.name] ?? 'PEFT trained nothing';
    onComparison(compareAnswers(asked(work, trained, 'PEFT to PTL'), answers, read));
  }
  const own = new Map<string, Answers>();
  for (const trained of trainedCases) {
    own.set(trained.name, await trainAndSave(work, trained, backbone));
    say(`${trained.name}: trained in PTL`);
  }
  const { results } = await askPeft(work, 'read');
  for (const trained of trainedCases) {
    const [mine, read] = [own.get(trained.name), results[trained.name]];
    const question = asked(work, trained, 'PTL to PEFT');
    onComparison(compareAnswers(question, mine ?? 'not trained', read ?? 'PEFT read nothing'));
  }
  return peft.versions;
}

async function askPeft(
  { python, root, say }: TrainedWork,
  command: 'train' | 'read',
): Promise<PeftAnswers> {
  await runPython(python, { script: 'training.py', command, folder: root, onLine: say });
  return peftAnswersSchema.parse(JSON.parse(await readFile(join(root, `${command}.json`), 'utf8')));
}

async function readTrained(
  work: TrainedWork,
  trained: TrainedCase,
  backbone: Backbone,
): Promise<Answers> {
  const dataSet = dataSetOf(work, trained);
  const folder = join(work.root, 'cases', trained.name, 'peft');
  using model = await loadAdapter(backbone, folder, { task: taskOf(dataSet) });
  return await answersOf(model, dataSet);
}

async function trainAndSave(
  work: TrainedWork,
  trained: TrainedCase,
  backbone: Backbone,
): Promise<Answers> {
  const dataSet = dataSetOf(work, trained);
  using model = await trainOwn(trained, dataSet, backbone, work.steps);
  const folder = join(work.root, 'cases', trained.name, 'ptl');
  await model.save(folder, { exportPeft: 'required' });
  return await answersOf(model, dataSet);
}

function asked(
  work: TrainedWork,
  trained: TrainedCase,
  direction: TrainedComparison['direction'],
): Parameters<typeof compareAnswers>[0] {
  const dataSet = dataSetOf(work, trained);
  const { primaryMetric: metric } = taskOf(dataSet);
  return { name: trained.name, direction, metric, rows: dataSet.test.length };
}

function dataSetOf({ dataSets }: TrainedWork, { dataSet }: TrainedCase): DataSet {
  const found = dataSets.get(dataSet);
  if (found) return found;
  throw new TypeError(`The data set "${dataSet}" was not loaded.`);
}
