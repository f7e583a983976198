import { type Backbone, createModel, tokenClassification } from '@ptl/core';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { median } from '../../report/statistics.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { trainMarks } from '../train-marks.ts';
import { plainWork } from '../work.ts';

const rowCount = 160;

/** Times epochs of P-tuning v2 in all layers, and in the top third of them. */
export async function topLayers(context: SpeedContext): Promise<SpeedTable> {
  const { backbone } = context;
  const last = Math.max(1, Math.round(backbone.geometry.numLayers / 3));
  context.say(`prompts in the top ${last} layers`);
  const all = await epochTimes(backbone, 'all');
  const top = await epochTimes(backbone, { last });
  const share = (time: number): string => (time / median(all.slice(1))).toFixed(2);
  const seconds = (time: number): string => `${(time / 1000).toFixed(2)} s`;
  const row = (name: string, times: readonly number[]): string[] => {
    const [first = Number.NaN, ...later] = times;
    return [name, seconds(first), seconds(median(later)), share(median(later))];
  };
  return {
    title: 'Prompts in the top third of the layers',
    about:
      `P-tuning v2 without the backbone's dropout, ${rowCount} rows of ${plainWork.sequence} tokens to tag, batches of ${plainWork.batchSize}, ${plainWork.promptLength} positions. ` +
      'What lies below the lowest prompt is computed in the first epoch and remembered; the ratio is to an epoch with prompts in all layers.',
    columns: ['prompts', 'first epoch', 'later epochs', 'ratio'],
    rows: [row('in all layers', all), row(`in the top ${last}`, top)],
  };
}

async function epochTimes(
  backbone: Backbone,
  layers: 'all' | { readonly last: number },
): Promise<number[]> {
  const { promptLength, batchSize, sequence } = plainWork;
  using model = createModel({
    backbone,
    method: pTuningV2,
    config: { promptLength, layers, dropout: 0, frozenDropout: false },
    task: tokenClassification({ labels: ['O', 'B-X'] }),
  });
  const tokens = Array.from({ length: sequence - 2 }, () => 'the');
  const rows = Array.from({ length: rowCount }, (_, index) => ({
    tokens: [...tokens.slice(1), index % 2 ? 'and' : 'the'],
    tags: tokens.map((_, place) => (place === index % tokens.length ? 'B-X' : 'O')),
  }));
  const marks = await trainMarks(model, { train: rows, epochs: 4, batchSize, learningRate: 1e-3 });
  const perEpoch = rowCount / batchSize;
  return [0, 1, 2, 3].map((epoch) => {
    const [start = 0, end = 0] = [marks[epoch * perEpoch], marks[(epoch + 1) * perEpoch]];
    return end - start;
  });
}
