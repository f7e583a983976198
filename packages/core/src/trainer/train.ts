import { openObservers } from './log/open-observers.ts';
import { openFrozenCaches } from './open-frozen-caches.ts';
import type { TrainOptions } from './options/train-options.ts';
import { parseTrainOptions } from './options/train-settings.ts';
import { initialState } from './run-state.ts';
import { openCheckpoint } from './state/open-checkpoint.ts';
import type { TrainReport } from './train-report.ts';
import type { EncodedExample, Trainable } from './trainable.ts';
import { planTraining } from './training-plan.ts';
import { TrainingRun } from './training-run.ts';
import { assignVariables } from './variable-values.ts';

/**
 * Trains a model on rows until it has seen them often enough, or no longer gets better.
 *
 * Changes the model's variables in place. It ends with those of the best evaluation if there are
 * validation rows, else with the last. The same seed on the same engine gives the same bits, also
 * where the run was stopped at any moment and resumed.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`, listing every issue of the options; `ROW_INVALID` or
 *   `LABEL_UNKNOWN` for a row that the task cannot use; `LOSS_NOT_FINITE` if the loss becomes NaN
 *   or infinite, with the variables as they were before that step; `ABORTED` if the signal says
 *   so, with the variables of the last step; `CHECKPOINT_INVALID` if the run in the folder cannot
 *   be resumed; `FILE_WRITE_FAILED` for a checkpoint or log that cannot be written.
 */
export async function train<Row, Example extends EncodedExample>(
  trainable: Trainable<Row, Example>,
  options: TrainOptions<Row>,
): Promise<TrainReport> {
  const settings = parseTrainOptions(options);
  const { trainableVariables: variables } = trainable;
  const examples = trainable.encode(options.train);
  const plan = planTraining(settings, examples);
  using optimizer = plan.optimizer.start(variables);
  const checkpoint = await openCheckpoint(trainable, settings, plan);
  const resumed = settings.checkpoint?.resume
    ? await checkpoint?.load(variables, optimizer.moments)
    : null;
  if (resumed) {
    assignVariables(variables, resumed.variables);
    assignVariables(optimizer.moments, resumed.moments);
  }
  const start = { state: resumed?.state ?? initialState, best: resumed?.best ?? null };
  await using observers = await openObservers(settings, start.state.step);
  const { emit, flush } = observers;
  const caches = openFrozenCaches(trainable, examples, settings, plan);
  const run = { trainable, examples, settings, plan, optimizer, checkpoint, start, caches };
  return await new TrainingRun({ ...run, emit, flush }).run();
}
