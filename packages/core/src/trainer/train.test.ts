import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import type { TrainOptions } from './options/train-options.ts';
import { createToyTrainable, type ToyRow, type ToyTrainable, toyRows } from './toy-trainable.ts';
import { train } from './train.ts';
import type { TrainEvent } from './train-event.ts';
import type { EvaluationResult } from './trainable.ts';

expect.extend({ toBeAllClose });

const rows = toyRows(40);
const base = { train: rows, batchSize: 8, epochs: 3, progress: 'none' } as const;

beforeAll(() => tf.setBackend('cpu'));

const valuesOf = ({ trainableVariables }: ToyTrainable) =>
  [...trainableVariables.values()].flatMap((variable) => [...variable.dataSync()]);

/** Trains a fresh toy and gives its final values. */
async function trained(options: Partial<TrainOptions<ToyRow>>, noise = 0.1): Promise<number[]> {
  using toy = createToyTrainable({ noise });
  await train(toy, { ...base, ...options });
  return valuesOf(toy);
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A toy whose evaluations give the scores of a list. */
function scoring(scores: readonly number[]) {
  const toy = createToyTrainable();
  const evaluated: number[][] = [];
  const evaluate = async (): Promise<EvaluationResult> => {
    evaluated.push(valuesOf(toy));
    return { loss: 1, scores: { closeness: scores[evaluated.length - 1] ?? 0 } };
  };
  return { toy: { ...toy, evaluate }, evaluated };
}

describe('training', () => {
  it('finds the plane that its rows lie near', async () => {
    const values = await trained({ epochs: 60, learningRate: 0.1 }, 0);
    expect(values).toBeAllClose([2, -1, 0.5], { absolute: 0.05 });
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const first = await trained({ seed: 1 });
    expect(await trained({ seed: 1 })).toEqual(first);
    expect(await trained({ seed: 2 })).not.toEqual(first);
  });

  it('sees all examples of a row in each epoch, where rows make several', async () => {
    using toy = createToyTrainable();
    const seen: object[] = [];
    const twice = {
      ...toy,
      encode: (given: readonly ToyRow[]) => toy.encode([...given, ...given]),
      loss: (...batch: Parameters<ToyTrainable['loss']>) => {
        seen.push(...batch[0]);
        return toy.loss(...batch);
      },
    };
    const report = await train(twice, { ...base, epochs: 1 });
    expect(report.steps).toBe(10);
    expect(new Set(seen).size).toBe(80);
  });

  it('takes rows in another order where they are not grouped by length', async () => {
    expect(await trained({ groupByLength: false }, 0)).not.toEqual(await trained({}, 0));
  });

  it('learns the same from two batches of 8 as from one of 16', async () => {
    const one = await trained({ batchSize: 16 }, 0);
    const two = await trained({ batchSize: 8, gradientAccumulation: 2 }, 0);
    expect(two).toBeAllClose(one, { relative: 1e-4 });
    expect(await trained({ batchSize: 8 }, 0)).not.toEqual(one);
  });

  it('leaves no tensor behind, whether it ends or fails', async () => {
    using toy = createToyTrainable();
    const before = tf.memory().numTensors;
    await train(toy, { ...base, validation: rows, gradientAccumulation: 2 });
    expect(tf.memory().numTensors).toBe(before);
    await failureOf(train(broken(toy), base));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('reports steps, epochs, history and times', async () => {
    using toy = createToyTrainable();
    const report = await train(toy, { ...base, validation: rows, maxSteps: 12 });
    expect(report).toMatchObject({ steps: 12, epochs: 12 / 5, stoppedBy: 'max-steps' });
    expect(report.history.map(({ step }) => step)).toEqual([5, 10, 12]);
    expect(report.milliseconds).toBeGreaterThan(report.millisecondsPerStep);
    expect(report.millisecondsPerStep).toBeGreaterThan(0);
  });

  it('trains for the steps asked for where no epochs are', async () => {
    using toy = createToyTrainable();
    const { epochs: _, ...rest } = base;
    expect(await train(toy, { ...rest, maxSteps: 80 })).toMatchObject({ steps: 80, epochs: 16 });
    expect(await train(toy, rest)).toMatchObject({ epochs: 10, stoppedBy: 'epochs', best: null });
  });

  it('tells of every step in order', async () => {
    using toy = createToyTrainable();
    const events: TrainEvent[] = [];
    await train(toy, { ...base, warmupSteps: 2, onEvent: (event) => events.push(event) });
    const steps = events.filter((event) => event.type === 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
    expect(steps.slice(0, 3).map(({ learningRate }) => learningRate)).toEqual([0, 0.005, 0.01]);
    const kinds = events.map(({ type }) => type).filter((type) => type !== 'step');
    expect(kinds).toEqual(['start', 'evaluation', 'evaluation', 'evaluation', 'end']);
  });
});

describe('the best evaluation', () => {
  it('is put back at the end, and evaluated again for what is saved', async () => {
    const { toy, evaluated } = scoring([0.5, 0.9, 0.7]);
    const report = await train(toy, { ...base, validation: rows });
    expect(report.best).toMatchObject({ step: 10, scores: { closeness: 0.9 } });
    expect(valuesOf(toy)).toEqual(evaluated[1]);
    expect(evaluated[3]).toEqual(evaluated[1]);
  });

  it('is not put back where that is not wanted', async () => {
    const { toy, evaluated } = scoring([0.5, 0.9, 0.7]);
    await train(toy, { ...base, validation: rows, restoreBest: false });
    expect(valuesOf(toy)).toEqual(evaluated[2]);
    expect(evaluated).toHaveLength(3);
  });

  it('is the earliest of equals, and never NaN', async () => {
    const { toy } = scoring([Number.NaN, 0.9, 0.9]);
    const report = await train(toy, { ...base, validation: rows });
    expect(report.best?.step).toBe(10);
  });

  it('ends training once patience is over', async () => {
    const { toy } = scoring([0.5, 0.9, 0.8, 0.9, 1]);
    const options = { ...base, validation: rows, epochs: 9, earlyStopping: { patience: 2 } };
    const report = await train(toy, options);
    expect(report).toMatchObject({ stoppedBy: 'early-stopping', epochs: 4, best: { step: 10 } });
  });
});

/** A toy whose fourth loss is NaN. */
function broken(toy: ToyTrainable): ToyTrainable {
  let losses = 0;
  return {
    ...toy,
    loss(examples, seed) {
      const { sum, count } = toy.loss(examples, seed);
      return { sum: ++losses === 4 ? tf.mul(sum, Number.NaN) : sum, count };
    },
  };
}

describe('a run that cannot go on', () => {
  it('keeps the last good variables when the loss is NaN', async () => {
    using toy = createToyTrainable();
    let good: number[] = [];
    const onEvent = ({ type, step }: TrainEvent): void => {
      if (type === 'step' && step === 3) good = valuesOf(toy);
    };
    const error = await failureOf(train(broken(toy), { ...base, onEvent }));
    expect(isPtlError(error, 'LOSS_NOT_FINITE') && error.details).toEqual({
      step: 4,
      loss: Number.NaN,
    });
    expect(valuesOf(toy)).toEqual(good);
  });

  it('takes no step whose gradient is infinite although the loss is not', async () => {
    using toy = createToyTrainable({ noise: 0 });
    const far = [{ x: [1e30, 0], y: 1, length: 1 }] as const;
    const quiet = {
      ...toy,
      loss: (...given: Parameters<ToyTrainable['loss']>) => {
        const { sum, count } = toy.loss(...given);
        const once: tf.Scalar = tf.mul(tf.sqrt(sum), 1e-20);
        return { sum: tf.isFinite(once) && once, count };
      },
    };
    const before = valuesOf(toy);
    const error = await failureOf(train(quiet, { ...base, train: far }));
    expect(isPtlError(error, 'LOSS_NOT_FINITE')).toBe(true);
    expect(valuesOf(toy)).toEqual(before);
  });

  it('stops when its signal says so, even from a timer', async () => {
    using toy = createToyTrainable();
    const signal = AbortSignal.timeout(30);
    const error = await failureOf(train(toy, { ...base, epochs: 100_000, signal }));
    expect(isPtlError(error, 'ABORTED') && error.details.step).toBeGreaterThan(0);
  }, 5_000);

  it('does not begin when its signal has fired before', async () => {
    using toy = createToyTrainable();
    const error = await failureOf(train(toy, { ...base, signal: AbortSignal.abort() }));
    expect(isPtlError(error, 'ABORTED') && error.details).toEqual({ step: 0 });
  });
});

describe('options', () => {
  it.each([
    [{ bachSize: 4 }, /bachSize.*batchSize/],
    [{ validaton: rows }, /validaton.*validation/],
    [{ train: [] }, /at least one row/],
    [{ validation: [] }, /at least one row/],
    [{ learningRate: -1, clipNorm: 0 }, /learningRate[\s\S]*clipNorm/],
    [{ earlyStopping: { patience: 1 } }, /earlyStopping: It needs validation rows/],
    [{ warmupSteps: 1, warmupRatio: 0.1 }, /warmupRatio/],
    [{ schedule: 'cosin' }, /schedule.*cosine/],
    [{ evaluateEvery: { steps: 0 } }, /evaluateEvery/],
    [{ signal: {} }, /AbortSignal/],
    [{ cache: 'of' }, /cache: Expected 'auto', 'off' or/],
    [{ cache: { maxBytes: -1 } }, /cache/],
  ])('%j are refused, naming what is wrong', async (options, expected) => {
    using toy = createToyTrainable();
    const error = await failureOf(train(toy, { ...base, ...(options as object) }));
    expect(isPtlError(error, 'CONFIG_INVALID')).toBe(true);
    expect(String(error)).toMatch(expected);
  });
});
