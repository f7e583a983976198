import type { EvaluationEvent, StepEvent, TrainEvent } from '../train-event.ts';

/** An event as one line of text; undefined for a step, of which there are too many. */
export function describeEvent(event: TrainEvent): string | undefined {
  switch (event.type) {
    case 'start': {
      const from = event.step > 0 ? `, resumed after step ${event.step}` : '';
      const numbers = event.parameters.toLocaleString('en-US');
      return `training ${numbers} numbers on ${event.rows} rows, ${event.totalSteps} steps${from}`;
    }
    case 'evaluation':
      return describeEvaluation(event);
    case 'end': {
      const { best, stoppedBy, milliseconds } = event;
      const kept = best ? `, best at step ${best.step}` : '';
      return `ended by ${stoppedBy} after ${formatDuration(milliseconds / 1000)}${kept}`;
    }
    default:
      return undefined;
  }
}

/** Such as `step 12/300  loss 0.4312  rate 5.0e-3  180 rows/s  1:20 left`. */
export function describeStep(event: StepEvent): string {
  const { step, totalSteps, loss, learningRate, rowsPerSecond, secondsLeft } = event;
  return [
    `step ${step}/${totalSteps}`,
    `loss ${loss.toFixed(4)}`,
    `rate ${learningRate.toExponential(1)}`,
    `${rowsPerSecond.toFixed(rowsPerSecond < 10 ? 1 : 0)} rows/s`,
    `${formatDuration(secondsLeft)} left`,
  ].join('  ');
}

function describeEvaluation(event: EvaluationEvent): string {
  const { step, totalSteps, trainLoss, validationLoss, scores, isBest } = event;
  return [
    `step ${step}/${totalSteps}`,
    `train loss ${trainLoss.toFixed(4)}`,
    ...(validationLoss === null ? [] : [`validation loss ${validationLoss.toFixed(4)}`]),
    ...Object.entries(scores).map(([name, value]) => `${name} ${value.toFixed(4)}`),
    ...(isBest ? ['(best)'] : []),
  ].join('  ');
}

/** Hours if there are any, minutes and seconds, such as `1:02:03` or `0:07`. */
export function formatDuration(time: number): string {
  const seconds = Math.round(time);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => String(part).padStart(index === 0 ? 1 : 2, '0')).join(':');
}
