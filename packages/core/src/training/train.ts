import type { EncodedExample, Trainable } from '../trainer/trainable.ts';
import type { TrainReport } from './events.ts';
import { parseTrainOptions, type TrainOptions } from './train-options.ts';
import { TrainingRun } from './training-run.ts';

/**
 * Trains what a model says is trainable, by AdamW.
 *
 * With validation rows the variables of the best evaluation are put back at the end. Equal seeds
 * give equal bits on the same engine, also for a run that was cut off and goes on from its
 * checkpoint (`checkpoint: { folder, resume: true }`).
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for bad options, `ROW_INVALID` or `LABEL_UNKNOWN` for bad
 *   rows; `LOSS_NOT_FINITE` if a loss or gradient is NaN or infinite, with the variables as they
 *   were before that step; `ABORTED` if the signal cancels the run; `CHECKPOINT_INVALID` if it
 *   cannot go on from the given folder.
 */
export async function train<Row, Example extends EncodedExample>(
  model: Trainable<Row, Example>,
  options: TrainOptions<Row>,
): Promise<TrainReport> {
  using run = new TrainingRun(model, parseTrainOptions(options));
  return await run.run();
}
