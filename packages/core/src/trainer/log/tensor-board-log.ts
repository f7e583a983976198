import type { Observer } from '../observer.ts';
import type { ScalarWriter } from '../options/train-options.ts';
import type { TrainEvent } from '../train-event.ts';

/** Writes losses, rates and scores as scalars over optimizer steps. */
export function tensorBoardLog(writer: ScalarWriter): Observer {
  return {
    handle: (event) => {
      for (const [name, value] of scalarsOf(event)) writer.scalar(name, value, event.step);
    },
    close: () => writer.close(),
  };
}

function scalarsOf(event: TrainEvent): (readonly [string, number])[] {
  if (event.type === 'step') {
    const { dataSet } = event;
    return [
      ['train/loss', event.loss],
      ...(dataSet === undefined ? [] : [[`train/loss/${dataSet}`, event.loss] as const]),
      ['train/learning-rate', event.learningRate],
      ['train/gradient-norm', event.gradientNorm],
    ];
  }
  if (event.type !== 'evaluation' || event.validationLoss === null) return [];
  const scores = Object.entries(event.scores);
  return [
    ['validation/loss', event.validationLoss],
    ...scores.map(([name, value]) => [`validation/${name}`, value] as const),
  ];
}
