import { type Backbone, createModel, sequenceClassification, train } from '@ptl/core';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { stepShape } from './step-shape.ts';
import type { TimedSteps } from './timed-steps.ts';

const labels = ['no', 'yes'] as const;

/** P-tuning v2 as PTL trains it: the trainer's own step, without dropout. */
export function ownSteps(backbone: Backbone): TimedSteps {
  const { batchSize, sequence, promptLength } = stepShape;
  const model = createModel({
    backbone,
    method: pTuningV2,
    config: { promptLength, dropout: 0, frozenDropout: false },
    task: sequenceClassification({ labels }),
  });
  // A word of one token, and room for the special tokens at both ends.
  const text = Array.from({ length: sequence - 2 }, () => 'the').join(' ');
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ text, label: labels[index % 2 ? 1 : 0] }));
  return {
    async train(count) {
      const times: number[] = [];
      let last = 0;
      await train(model, {
        train: rowsOf(count * batchSize),
        epochs: 1,
        batchSize,
        learningRate: 1e-3,
        weightDecay: 0.01,
        progress: 'none',
        onEvent: ({ type }) => {
          const now = performance.now();
          if (type === 'step') times.push(now - last);
          last = now;
        },
      });
      return times;
    },
    async infer(count) {
      const times: number[] = [];
      for (let step = 0; step < count; step++) {
        const start = performance.now();
        await model.predict(rowsOf(batchSize), { batchSize });
        times.push(performance.now() - start);
      }
      return times;
    },
    [Symbol.asyncDispose]: async () => model[Symbol.dispose](),
  };
}
