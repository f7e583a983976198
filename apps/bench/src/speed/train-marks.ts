import { type TrainOptions, type TunedModel, train } from '@ptl/core';

/** The steps of a training, in milliseconds of `performance.now()`: when the first began, and when each ended. */
export async function trainMarks<Row, Prediction>(
  model: TunedModel<Row, Prediction>,
  options: Omit<TrainOptions<Row>, 'onEvent' | 'progress'>,
): Promise<number[]> {
  const marks: number[] = [];
  await train(model, {
    ...options,
    progress: 'none',
    onEvent: ({ type }) => {
      if (type === 'start' || type === 'step') marks.push(performance.now());
    },
  });
  return marks;
}
