import type { Backbone } from '@ptl/core';
import { loadDataSets } from '../../cli/load-data-sets.ts';
import { median } from '../../report/statistics.ts';
import { ownSteps } from '../own-steps.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { trainMarks } from '../train-marks.ts';
import { plainWork } from '../work.ts';

/** Sentences of an epoch, at most. */
const sentenceCount = 1500;

/** Times an epoch over real sentences of mixed length. */
export async function mixedEpoch(context: SpeedContext): Promise<SpeedTable> {
  const { backbone } = context;
  const { peft, isQuick } = context;
  const texts = (await readSentences(context.data)).slice(0, isQuick ? 300 : sentenceCount);
  const lengths = texts.map((text) => backbone.tokenize(text).length + 2);
  const [own, others]: [number[], number[]] = [[], []];
  if (peft) await (await peft.prepare(plainWork)).train(2);
  for (let turn = 0; turn < (isQuick ? 1 : 2); turn++) {
    context.say(`an epoch over ${texts.length} sentences, turn ${turn + 1}`);
    own.push(await ownEpoch(backbone, texts, turn));
    const settings = { lengths, batchSize: plainWork.batchSize, seed: turn };
    if (peft) others.push(await peft.ask('epoch', settings));
  }
  const [ours, theirs] = [median(own), median(others)];
  return {
    title: 'An epoch over sentences of mixed length',
    about:
      `${texts.length} real sentences of ${Math.min(...lengths)} to ${Math.max(...lengths)} tokens (median ${median(lengths)}), P-tuning v2 with ${plainWork.promptLength} positions, ` +
      `batches of ${plainWork.batchSize}. PTL batches rows of like length, PEFT pads a random batch to its longest row.`,
    columns: ['', 'PTL', 'PEFT', 'ratio'],
    rows: [
      [
        'epoch',
        `${(ours / 1000).toFixed(1)} s`,
        peft ? `${(theirs / 1000).toFixed(1)} s` : '',
        peft ? (ours / theirs).toFixed(2) : '',
      ],
    ],
  };
}

async function ownEpoch(
  backbone: Backbone,
  texts: readonly string[],
  seed: number,
): Promise<number> {
  await using own = ownSteps(backbone, plainWork);
  await own.train(2);
  const marks = await trainMarks(own.model, {
    train: texts.map((text, index) => ({ text, label: index % 2 ? 'yes' : 'no' })),
    epochs: 1,
    batchSize: plainWork.batchSize,
    learningRate: 1e-3,
    weightDecay: 0.01,
    seed,
  });
  return (marks.at(-1) ?? Number.NaN) - (marks[0] ?? Number.NaN);
}

/** All texts of a folder's classification tasks, or those that come with the bench. */
async function readSentences(folder: string | null): Promise<string[]> {
  const { dataSets } = await loadDataSets(undefined, folder ?? undefined);
  return dataSets.flatMap((dataSet) => {
    if (dataSet.kind !== 'sequence-classification') return [];
    const { train: rows, development, test } = dataSet;
    return [...rows, ...development, ...test].map(({ text }) => text);
  });
}
