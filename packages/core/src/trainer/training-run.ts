import { PtlError } from '../contract/errors.ts';
import type { Scores } from '../task/task.ts';
import { planEpoch, type UpdateRows } from './batching/plan-epoch.ts';
import type { FrozenCaches } from './open-frozen-caches.ts';
import type { RunningOptimizer } from './optimizer/optimizer.ts';
import type { TrainSettings } from './options/train-settings.ts';
import { bestOf, isDue, isOutOfPatience, type RunState } from './run-state.ts';
import type { Checkpoint, Snapshot } from './state/checkpoint.ts';
import { StepClock } from './step-clock.ts';
import type { StepPosition, TrainEvent } from './train-event.ts';
import type { EvaluationRecord, StopReason, TrainReport } from './train-report.ts';
import { trainStep } from './train-step.ts';
import type { EncodedExample, EvaluationResult, Trainable } from './trainable.ts';
import { learningRateAfter, type TrainingPlan } from './training-plan.ts';
import { assignVariables, readVariables, type VariableValues } from './variable-values.ts';

export interface RunParts<Row, Example extends EncodedExample> {
  readonly trainable: Trainable<Row, Example>;
  readonly examples: readonly Example[];
  readonly settings: TrainSettings;
  readonly plan: TrainingPlan;
  readonly optimizer: RunningOptimizer;
  /** What no step changes, for the rows as they come again. */
  readonly caches: FrozenCaches<Example>;
  /** Null where none is asked for. */
  readonly checkpoint: Checkpoint | null;
  emit(event: TrainEvent): void;
  /** Writes the events down; called before the state, which must not be newer. */
  flush(): Promise<void>;
  /** Where the run starts; its values are in the variables already. */
  readonly start: { readonly state: RunState; readonly best: VariableValues | null };
}

/**
 * One run from its first step, or from where it was resumed, to its end.
 *
 * Everything random follows from the seed and the number of the step, so that the state needs no
 * generator in it.
 */
export class TrainingRun<Row, Example extends EncodedExample> {
  readonly #parts: RunParts<Row, Example>;
  readonly #clock: StepClock;
  #state: RunState;
  #best: VariableValues | null;
  #epoch: { readonly number: number; readonly updates: UpdateRows<Example>[] } | null = null;
  /** The step whose variables the trainable evaluated last, in this process. */
  #evaluatedStep: number | null = null;

  constructor(parts: RunParts<Row, Example>) {
    this.#parts = parts;
    this.#state = parts.start.state;
    this.#best = parts.start.best;
    this.#clock = new StepClock(parts.start.state);
  }

  /** @throws {@link PtlError} `ABORTED`, `LOSS_NOT_FINITE` or `FILE_WRITE_FAILED`. */
  async run(): Promise<TrainReport> {
    this.#emitStart();
    while (this.#stopReason() === null) {
      await this.#stopIfAborted();
      await this.#step();
      if (isDue(this.#parts.plan.evaluateEvery, this.#state.step, this.#parts.plan))
        await this.#evaluate();
      const { checkpoint, plan } = this.#parts;
      if (checkpoint && isDue(checkpoint.every, this.#state.step, plan))
        await this.#save(checkpoint);
      await nextTask();
    }
    await this.#finish();
    const report = this.#report();
    this.#parts.emit({ type: 'end', step: report.steps, ...report });
    return report;
  }

  async #step(): Promise<void> {
    const { trainable, optimizer, plan, caches } = this.#parts;
    const { step } = this.#state;
    const learningRate = learningRateAfter(step, plan);
    const batches = this.#updateAfter(step);
    this.#clock.startStep();
    const result = await trainStep(trainable, optimizer, batches, {
      step: step + 1,
      learningRate,
      clipNorm: plan.clipNorm,
      missed: this.#state.missed,
      seed: plan.seed,
      frozen: caches.train,
    });
    this.#clock.endStep(batches.flat().length);
    const { lossSum, lossCount, gradientNorm, missed } = result;
    const dataSet = batches[0]?.[0]?.dataSet;
    this.#advance({
      step: step + 1,
      missed,
      lossSum: this.#state.lossSum + lossSum,
      lossCount: this.#state.lossCount + lossCount,
    });
    this.#parts.emit({
      type: 'step',
      ...this.#position(),
      epoch: Math.floor(step / plan.stepsPerEpoch),
      ...(dataSet === undefined ? {} : { dataSet }),
      loss: lossSum / (lossCount || 1),
      learningRate,
      gradientNorm,
      rowsPerSecond: this.#clock.rowsPerSecond,
      secondsLeft: this.#clock.secondsLeft(plan.totalSteps - step - 1),
    });
  }

  #updateAfter(step: number): UpdateRows<Example> {
    const { examples, plan } = this.#parts;
    const number = Math.floor(step / plan.stepsPerEpoch);
    if (this.#epoch?.number !== number) {
      this.#epoch = { number, updates: planEpoch(examples, number, plan) };
    }
    return this.#epoch.updates[step % plan.stepsPerEpoch] ?? [];
  }

  async #evaluate(): Promise<void> {
    const { trainable, plan } = this.#parts;
    const { step, lossSum, lossCount, history } = this.#state;
    const result = await this.#evaluateRows();
    const entry: EvaluationRecord = {
      step,
      epoch: step / plan.stepsPerEpoch,
      trainLoss: lossSum / (lossCount || 1),
      validationLoss: result?.loss ?? null,
      scores: result?.scores ?? {},
    };
    this.#advance({ lossSum: 0, lossCount: 0, history: [...history, entry] });
    const isBest = bestOf(this.#state.history, trainable.primaryMetric)?.step === step;
    if (isBest && plan.restoreBest) {
      this.#best = await readVariables(trainable.trainableVariables);
    }
    this.#parts.emit({ type: 'evaluation', ...entry, totalSteps: plan.totalSteps, isBest });
  }

  async #evaluateRows(): Promise<EvaluationResult | null> {
    const { trainable, settings, caches } = this.#parts;
    if (!settings.validation) return null;
    this.#evaluatedStep = this.#state.step;
    // The caller's rows, which the options hold as they were given.
    return await trainable.evaluate(settings.validation as readonly Row[], {
      batchSize: settings.evaluationBatchSize,
      frozen: caches.validation,
    });
  }

  async #save(checkpoint: Checkpoint): Promise<void> {
    this.#advance(this.#clock.times);
    const { trainable, optimizer, emit, flush } = this.#parts;
    await flush();
    const snapshot: Snapshot = {
      state: this.#state,
      variables: await readVariables(trainable.trainableVariables),
      moments: await readVariables(optimizer.moments),
      best: this.#best,
    };
    await checkpoint.save(await trainable.files(this.#savedScores()), snapshot);
    emit({ type: 'checkpoint', ...this.#position(), folder: checkpoint.folder });
  }

  /** Of the variables as they are now, if they were evaluated. */
  #savedScores(): Scores | null {
    const { trainable, plan } = this.#parts;
    const { history, step, isFinished } = this.#state;
    const best = bestOf(history, trainable.primaryMetric);
    if (isFinished && plan.restoreBest && best) return best.scores;
    const last = history.find((record) => record.step === step);
    return last && last.validationLoss !== null ? last.scores : null;
  }

  async #stopIfAborted(): Promise<void> {
    const { settings, checkpoint } = this.#parts;
    if (!settings.signal?.aborted) return;
    if (checkpoint) await this.#save(checkpoint);
    const { step } = this.#state;
    const saved = checkpoint ? ` Its state is in "${checkpoint.folder}".` : '';
    const message = `Training was cancelled after step ${step}.${saved}`;
    throw new PtlError('ABORTED', message, { step }, { cause: settings.signal.reason });
  }

  /** Leaves the variables, the trainable's last evaluation and the checkpoint as they shall stay. */
  async #finish(): Promise<void> {
    const { trainable, plan, checkpoint } = this.#parts;
    const { isFinished, history, step } = this.#state;
    const best = bestOf(history, trainable.primaryMetric);
    const finalStep = plan.restoreBest && best ? best.step : step;
    if (this.#best && !isFinished) assignVariables(trainable.trainableVariables, this.#best);
    // What is saved with the model are the scores that it was last evaluated with.
    if (this.#evaluatedStep !== finalStep) await this.#evaluateRows();
    if (isFinished) return;
    this.#best = null;
    this.#advance({ isFinished: true });
    if (checkpoint) await this.#save(checkpoint);
  }

  #stopReason(): StopReason | null {
    const { trainable, plan, settings } = this.#parts;
    const { step, history } = this.#state;
    if (isOutOfPatience(history, trainable.primaryMetric, plan.patience)) return 'early-stopping';
    if (step < plan.totalSteps) return null;
    return settings.maxSteps === undefined ? 'epochs' : 'max-steps';
  }

  #report(): TrainReport {
    const { trainable, plan, start } = this.#parts;
    const { step, history } = this.#state;
    // Looking at a run that has ended takes no part of its time.
    const { milliseconds, millisecondsPerStep } = start.state.isFinished
      ? start.state
      : this.#clock.times;
    return {
      steps: step,
      epochs: step / plan.stepsPerEpoch,
      history,
      best: bestOf(history, trainable.primaryMetric),
      milliseconds,
      millisecondsPerStep,
      stoppedBy: this.#stopReason() ?? 'epochs',
    };
  }

  #emitStart(): void {
    const { trainable, examples, plan, emit } = this.#parts;
    const sizes = [...trainable.trainableVariables.values()].map(({ size }) => size);
    emit({
      type: 'start',
      ...this.#position(),
      stepsPerEpoch: plan.stepsPerEpoch,
      rows: examples.length,
      parameters: sizes.reduce((total, size) => total + size, 0),
    });
  }

  #position(): StepPosition {
    const { totalSteps, stepsPerEpoch } = this.#parts.plan;
    const { step } = this.#state;
    return { step, totalSteps, epoch: step / stepsPerEpoch };
  }

  #advance(change: Partial<RunState>): void {
    this.#state = { ...this.#state, ...change };
  }
}

/** Lets timers and signals in: an engine that answers at once would keep them out for good. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
