import {
  type Backbone,
  createModel,
  createPredictor,
  type Precision,
  sequenceClassification,
} from '@ptl/core';
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
const batchesTimed = 12;
const precisions: readonly Precision[] = ['float32', 'bfloat16'];

/** Serves many adapters in mixed batches, PEFT by switching between them. */
export async function mixedAdapters(context: SpeedContext): Promise<SpeedTable> {
  const rows: string[][] = [];
  for (const precision of precisions) {
    const backbone = await context.backboneIn(precision);
    if (!backbone) continue;
    for (const count of context.isQuick ? [8] : [8, 64, 512]) {
      context.say(`${count} adapters, ${precision}`);
      rows.push(await timeServing(backbone, count, context.peft));
    }
  }
  return {
    title: 'Adapters served in mixed batches',
    about:
      `Batches of ${batchSize} texts of ${tokens} tokens, each for an adapter drawn at random, P-tuning v2 with ${plainWork.promptLength} positions; rows per second by the median batch, sides in turns. ` +
      'PEFT tokenizes a batch at once and runs the rows of each adapter by themselves, after switching to it, in bfloat16 under autocast. ' +
      'The last column is the largest difference of a logit from the row alone with its adapter, in the same precision.',
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

async function timeServing(
  backbone: Backbone,
  count: number,
  peft: PeftProcess | null,
): Promise<string[]> {
  const { precision } = backbone;
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
    await peft?.ask('adapters', { count, promptLength: plainWork.promptLength });
    const [own, others]: [number[], number[]] = [[], []];
    for (const chosen of drawBatches(count)) {
      const start = performance.now();
      await predictor.predict(requestsOf(chosen));
      own.push(performance.now() - start);
      if (peft) others.push(await peft.ask('serve', { chosen, tokens, precision }));
    }
    const results = await predictor.logits(requestsOf(drawBatches(count)[0] ?? []));
    const logits = results.map((result) => (result.ok ? result.value.values : new Float32Array()));
    const difference = await largestDifference(logits, models);
    // The first batch of each side warms it up.
    const rates = [own, ...(peft ? [others] : [])].map((times) => rate(times.slice(1)));
    return [`${count} adapters, ${precision}`, ...rateCells(rates), difference.toExponential(1)];
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

function rate(times: readonly number[]): number {
  return (batchSize * 1000) / median(times);
}
