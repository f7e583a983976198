/** What is trained: a method on one of the bench's data sets, by PEFT and by PTL. */
export interface TrainedCase {
  /** Also the folder below `cases`. */
  readonly name: string;
  readonly dataSet: string;
  /** By PTL's name; `training.py` knows PEFT's. */
  readonly method: 'prefix' | 'p-tuning-v2' | 'prompt-tuning' | 'p-tuning';
  readonly promptLength: number;
  /** At the first step; it falls to 0 in a line. */
  readonly learningRate: number;
}

/** Rows a step. */
export const batchSize = 16;

/** Each method, and each kind of task; few enough for a machine of two cores to be done in minutes. */
export const trainedCases: readonly TrainedCase[] = [
  caseOf('intents', 'prompt-tuning', { promptLength: 8, learningRate: 0.02 }),
  caseOf('intents', 'p-tuning', { promptLength: 8, learningRate: 0.005 }),
  caseOf('intents', 'p-tuning-v2', { promptLength: 16, learningRate: 0.01 }),
  caseOf('slots', 'p-tuning-v2', { promptLength: 16, learningRate: 0.02 }),
  caseOf('slots', 'prefix', { promptLength: 16, learningRate: 0.005 }),
];

function caseOf(
  dataSet: string,
  method: TrainedCase['method'],
  settings: Pick<TrainedCase, 'promptLength' | 'learningRate'>,
): TrainedCase {
  return { name: `${dataSet}-${method}`, dataSet, method, ...settings };
}
