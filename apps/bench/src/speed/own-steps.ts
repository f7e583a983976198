import {
  type Backbone,
  createModel,
  PtlError,
  sequenceClassification,
  type TunedModel,
} from '@ptl/core';
import { timedMethods } from './timed-methods.ts';
import type { TimedSteps } from './timed-steps.ts';
import { trainMarks } from './train-marks.ts';
import type { Work } from './work.ts';

const labels = ['no', 'yes'] as const;

interface Row {
  readonly text: string;
  readonly label: (typeof labels)[number];
}

/** The work as PTL does it: the trainer's own step, without dropout. */
export interface OwnSteps extends TimedSteps {
  readonly model: TunedModel<Row>;
  readonly trainable: number;
}

/** @throws {@link PtlError} `METHOD_UNKNOWN`. */
export function ownSteps(backbone: Backbone, work: Work): OwnSteps {
  const { batchSize, sequence, promptLength } = work;
  const timed = timedMethods[work.method];
  if (!timed) {
    const known = Object.keys(timedMethods);
    const message = `No method is timed as "${work.method}". Known: ${known.join('; ')}.`;
    throw new PtlError('METHOD_UNKNOWN', message, { method: work.method, known });
  }
  const model = createModel({
    backbone,
    method: timed.method,
    config: timed.config(promptLength),
    task: sequenceClassification({ labels }),
  });
  return {
    model,
    trainable: model.parameters.trainable,
    train: (count) => trainSteps(model, rowsOf(count * batchSize, sequence), batchSize),
    async infer(count) {
      const times: number[] = [];
      for (let step = 0; step < count; step++) {
        const start = performance.now();
        await model.predict(rowsOf(batchSize, sequence), { batchSize });
        times.push(performance.now() - start);
      }
      return times;
    },
    [Symbol.asyncDispose]: async () => model[Symbol.dispose](),
  };
}

async function trainSteps(
  model: TunedModel<Row>,
  rows: readonly Row[],
  batchSize: number,
): Promise<number[]> {
  const marks = await trainMarks(model, {
    train: rows,
    epochs: 1,
    batchSize,
    learningRate: 1e-3,
    weightDecay: 0.01,
  });
  return marks.slice(1).map((mark, step) => mark - (marks[step] ?? Number.NaN));
}

/** Rows of a number of tokens: a word of one token, and the special tokens at both ends. */
export function rowsOf(count: number, sequence: number): Row[] {
  const text = Array.from({ length: sequence - 2 }, () => 'the').join(' ');
  return Array.from({ length: count }, (_, index) => ({ text, label: index % 2 ? 'yes' : 'no' }));
}
