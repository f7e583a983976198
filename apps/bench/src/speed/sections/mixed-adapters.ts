import { type Backbone, createModel, createPredictor, sequenceClassification } from '@ptl/core';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { median } from '../../report/statistics.ts';
import { rowsOf } from '../own-steps.ts';
import type { PeftProcess } from '../peft-process.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { plainWork } from '../work.ts';

const batchSize = 32;
const tokens = 32;
const batchesTimed = 6;

/** Serves many adapters in mixed batches, PEFT by switching between them. */
export async function mixedAdapters(context: SpeedContext): Promise<SpeedTable> {
  const { backbone } = context;
  const rows: string[][] = [];
  for (const count of context.isQuick ? [8] : [8, 64, 512]) {
    context.say(`${count} adapters`);
    const { own, difference } = await serveOwn(backbone, count);
    const others = context.peft ? await servePeft(context.peft, count) : [];
    const sides = [rate(own), ...others.slice(0, 1).map(() => rate(others))];
    rows.push([`${count} adapters`, ...rateCells(sides), difference.toExponential(1)]);
  }
  return {
    title: 'Adapters served in mixed batches',
    about:
      `Batches of ${batchSize} rows of ${tokens} tokens, each row for an adapter drawn at random, P-tuning v2 with ${plainWork.promptLength} positions; rows per second by the median batch. ` +
      'PEFT runs the rows of each adapter by themselves, after switching to it. The last column is the largest difference of a logit from the row alone with its adapter.',
    columns: ['', 'PTL rows/s', 'PEFT rows/s', 'ratio', 'difference'],
    rows,
  };
}

/** Rates of PTL and, where it was measured, PEFT, and the ratio. */
function rateCells([own = Number.NaN, other]: readonly number[]): string[] {
  if (other === undefined) return [own.toFixed(0), '', ''];
  return [own.toFixed(0), other.toFixed(0), (own / other).toFixed(1)];
}

/** Adapters of each batch; the same for both sides. */
function drawBatches(count: number): number[][] {
  const random = xoroshiro128plus(1);
  const draw = (): number => uniformInt(random, 0, count - 1);
  return Array.from({ length: batchesTimed + 1 }, () => Array.from({ length: batchSize }, draw));
}

async function serveOwn(backbone: Backbone, count: number) {
  const models = Array.from({ length: count }, (_, seed) =>
    createModel({
      backbone,
      method: pTuningV2,
      config: { promptLength: plainWork.promptLength },
      task: sequenceClassification({ labels: ['no', 'yes'] }),
      seed,
    }),
  );
  try {
    using predictor = createPredictor({
      backbone,
      adapters: Object.fromEntries(models.map((model, index) => [`${index}`, model])),
    });
    const times: number[] = [];
    for (const batch of drawBatches(count)) {
      const start = performance.now();
      await predictor.predict(requestsOf(batch));
      times.push(performance.now() - start);
    }
    const results = await predictor.logits(requestsOf(drawBatches(count)[0] ?? []));
    const logits = results.map((result) => (result.ok ? result.value.values : new Float32Array()));
    return { own: times.slice(1), difference: await largestDifference(logits, models) };
  } finally {
    for (const model of models) model[Symbol.dispose]();
  }
}

/** Of a batch's logits from those of its rows alone. */
async function largestDifference(
  logits: readonly Float32Array[],
  models: readonly { logits(rows: readonly object[]): Promise<{ values: Float32Array }[]> }[],
): Promise<number> {
  const [batch = []] = drawBatches(models.length);
  let largest = 0;
  for (const [place, adapter] of batch.entries()) {
    const [alone] = (await models[adapter]?.logits(rowsOf(1, tokens))) ?? [];
    for (const [index, value] of (alone?.values ?? []).entries()) {
      largest = Math.max(largest, Math.abs(value - (logits[place]?.[index] ?? Number.NaN)));
    }
  }
  return largest;
}

function requestsOf(adapters: readonly number[]) {
  const [row] = rowsOf(1, tokens);
  return adapters.map((adapter) => ({ adapter: `${adapter}`, row }));
}

async function servePeft(peft: PeftProcess, count: number): Promise<number[]> {
  await peft.ask('adapters', { count, promptLength: plainWork.promptLength });
  const times: number[] = [];
  for (const chosen of drawBatches(count)) times.push(await peft.ask('serve', { chosen, tokens }));
  return times.slice(1);
}

function rate(times: readonly number[]): number {
  return (batchSize * 1000) / median(times);
}
