import { createModel, verbalizedClassification } from '@ptl/core';
import type { DataSet } from '../../data/data-set.ts';
import type { RunOutcome } from '../../records/run-record.ts';
import type { BenchContext } from '../../runner/bench-context.ts';
import { dataFacts } from '../../runner/data-facts.ts';
import type { PlannedRun, Procedure } from '../../runner/plan.ts';
import { runTraining } from '../../runner/run-training.ts';
import { requireTrained } from './require-trained.ts';

const wording = {
  words: { negative: 'terrible', positive: 'great' },
  template: '{text} It was {mask}',
};

/** Trains as ever, but for labels that are words of the language model, without a head. */
export function trainedWords(_run: PlannedRun): Promise<Procedure> {
  return Promise.resolve({
    name: 'trained words',
    settings: wording,
    run: (run, context, onProgress) =>
      runTraining({ ...requireTrained(run), task: wordTask(run.dataSet) }, context, onProgress),
  });
}

/** Trains nothing: the template is all that the language model is told. */
export function manualPrompt(_run: PlannedRun): Promise<Procedure> {
  return Promise.resolve({
    name: 'manual prompt',
    settings: wording,
    run: (run, context) => testManually(run.dataSet, context),
  });
}

async function testManually(dataSet: DataSet, { backbone }: BenchContext): Promise<RunOutcome> {
  const start = performance.now();
  const task = wordTask(dataSet);
  using model = createModel({ backbone, task });
  if (dataSet.kind !== 'sequence-classification') throw new TypeError('Words stand for classes.');
  const { loss, scores } = await model.evaluate(dataSet.test);
  return {
    data: dataFacts(dataSet),
    parameters: model.parameters,
    curve: [],
    best: null,
    last: null,
    test: { loss, scores: { ...scores } },
    primaryMetric: task.primaryMetric,
    millisecondsPerStep: null,
    totalMilliseconds: performance.now() - start,
    truncatedRows: model.truncatedRows,
  };
}

function wordTask({ labels }: DataSet) {
  return verbalizedClassification({ ...wording, labels });
}
