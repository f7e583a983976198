import { PtlError } from '../contract/errors.ts';
import { writeFolderAtomically } from '../files/write-folder.ts';
import type { Scores } from '../task/task.ts';
import type { EncodedExample, Trainable } from '../trainer/trainable.ts';
import { adamW } from './adam-w.ts';
import type { EvaluationRecord, TrainEvent, TrainReport } from './events.ts';
import { sumGradients } from './gradient-step.ts';
import { median, Pace } from './pace.ts';
import { ProgressReporter, processOutput } from './progress-reporter.ts';
import { runIdentity } from './run-identity.ts';
import { RunPlan, toSchedule } from './run-plan.ts';
import { scheduleFactor } from './schedule.ts';
import type { parseTrainOptions } from './train-options.ts';
import { LogWriter } from './training-log.ts';
import {
  assertSameRun,
  assignValues,
  readState,
  readValues,
  type SavedValues,
  stateFiles,
  type TrainingProgress,
} from './training-state.ts';

type ParsedOptions<Row> = ReturnType<typeof parseTrainOptions<Row>>;

/** One call of train: owns the optimizer's moments and knows where the run is. */
export class TrainingRun<Row, Example extends EncodedExample> implements Disposable {
  readonly #model: Trainable<Row, Example>;
  readonly #options: ParsedOptions<Row>;
  readonly #optimizer;
  readonly #plan: RunPlan;
  readonly #examples: readonly Example[];
  readonly #log: LogWriter;
  readonly #reporter: ProgressReporter | null;
  readonly #pace = new Pace();
  #progress: TrainingProgress;
  #best: SavedValues = new Map();

  constructor(model: Trainable<Row, Example>, options: ParsedOptions<Row>) {
    const { settings, train, progress, log } = options;
    this.#model = model;
    this.#options = options;
    this.#examples = model.encode(train);
    this.#plan = new RunPlan(
      this.#examples.map(({ length }) => length),
      settings,
    );
    this.#optimizer = adamW({ weightDecay: settings.weightDecay });
    this.#log = new LogWriter(log ?? {});
    this.#reporter = progress === 'none' ? null : new ProgressReporter(processOutput(), progress);
    this.#progress = {
      formatVersion: 1,
      run: {},
      step: 0,
      losses: { sum: 0, count: 0 },
      history: [],
      best: null,
      withoutGain: 0,
      stoppedBy: null,
    };
  }

  async run(): Promise<TrainReport> {
    const { settings, train, validation } = this.#options;
    const run = await runIdentity(this.#model, settings, { train, validation });
    this.#progress = { ...this.#progress, run };
    if (settings.checkpoint?.resume) await this.#resume(settings.checkpoint.folder);
    const { totalSteps } = this.#plan;
    this.#emit({ type: 'start', step: this.#progress.step, totalSteps, rows: train.length });
    try {
      while (this.#progress.stoppedBy === null) await this.#advance();
      const report = this.#report(this.#progress.stoppedBy);
      this.#emit({ type: 'end', ...report });
      return report;
    } finally {
      await this.#log.close();
    }
  }

  [Symbol.dispose](): void {
    this.#optimizer[Symbol.dispose]();
  }

  /** One update with what is due after it. */
  async #advance(): Promise<void> {
    const { settings, signal } = this.#options;
    await this.#update();
    const { step } = this.#progress;
    if (this.#plan.isDue(settings.evaluateEvery, step)) await this.#evaluate();
    const stoppedBy = this.#stopReason();
    if (stoppedBy) await this.#finish(stoppedBy);
    const { checkpoint } = settings;
    const aborted = stoppedBy === null && signal?.aborted === true;
    if (checkpoint && (stoppedBy || aborted || this.#plan.isDue(checkpoint.every, step))) {
      await this.#save(checkpoint.folder);
    }
    if (aborted)
      throw new PtlError('ABORTED', `Training was cancelled after step ${step}.`, { step });
  }

  async #update(): Promise<void> {
    const { settings } = this.#options;
    const { step } = this.#progress;
    const { epoch, batches, seeds } = this.#plan.step(step);
    const started = performance.now();
    const chosen = batches.map((batch) => batch.flatMap((place) => this.#examples[place] ?? []));
    using sum = await sumGradients(this.#model, chosen, seeds);
    this.#assertFinite(sum.loss, sum.norm);
    const learningRate = settings.learningRate * this.#rateFactor(step);
    const clip = settings.clipNorm === null ? 1 : settings.clipNorm / (sum.norm + 1e-6);
    const scale = Math.min(1, clip) / sum.count;
    this.#optimizer.apply(this.#model.trainableVariables, sum.gradients, learningRate, scale);
    const { losses } = this.#progress;
    this.#progress = {
      ...this.#progress,
      step: step + 1,
      losses: { sum: losses.sum + sum.loss, count: losses.count + 1 },
    };
    this.#pace.add(performance.now() - started, chosen.flat().length);
    this.#emit({
      type: 'step',
      step: step + 1,
      totalSteps: this.#plan.totalSteps,
      epoch,
      loss: sum.loss,
      gradientNorm: sum.norm,
      learningRate,
      ...this.#pace.rates(this.#plan.totalSteps - step - 1),
    });
  }

  #rateFactor(step: number): number {
    const { settings } = this.#options;
    const { totalSteps, stepsPerEpoch } = this.#plan;
    const place = { step, totalSteps, stepsPerEpoch, warmupSteps: settings.warmupSteps };
    return scheduleFactor(toSchedule(settings.schedule), place);
  }

  /** Nothing was applied yet, so the variables are those of the last good step. */
  #assertFinite(loss: number, norm: number): void {
    if (Number.isFinite(loss) && Number.isFinite(norm)) return;
    const step = this.#progress.step + 1;
    const what = Number.isFinite(loss) ? `gradient norm is ${norm}` : `loss is ${loss}`;
    const message =
      `The ${what} at step ${step}. The variables hold the state before it; ` +
      'try a lower learningRate, or warmupSteps.';
    throw new PtlError('LOSS_NOT_FINITE', message, { step, loss });
  }

  async #evaluate(): Promise<void> {
    const { validation, settings } = this.#options;
    const { step, losses, history, best, withoutGain } = this.#progress;
    const result =
      validation.length > 0
        ? await this.#model.evaluate(validation, { batchSize: settings.evaluationBatchSize })
        : null;
    const record: EvaluationRecord = {
      step,
      epoch: step / this.#plan.stepsPerEpoch,
      trainLoss: losses.sum / losses.count,
      validationLoss: result?.loss ?? null,
      scores: result?.scores ?? {},
    };
    const better = result !== null && this.#primary(record.scores) > this.#primary(best?.scores);
    if (better && settings.restoreBest) {
      this.#best = await readValues(this.#model.trainableVariables);
    }
    this.#progress = {
      ...this.#progress,
      losses: { sum: 0, count: 0 },
      history: [...history, record],
      best: better ? record : best,
      withoutGain: better ? 0 : withoutGain + 1,
    };
    this.#emit({ type: 'evaluation', ...record });
  }

  #primary(scores: Scores | undefined): number {
    return scores?.[this.#model.primaryMetric] ?? Number.NEGATIVE_INFINITY;
  }

  #stopReason(): TrainReport['stoppedBy'] | null {
    const { settings } = this.#options;
    const { step, withoutGain, best } = this.#progress;
    if (step >= this.#plan.totalSteps) {
      return step < settings.epochs * this.#plan.stepsPerEpoch ? 'max-steps' : 'epochs';
    }
    const { patience = Number.POSITIVE_INFINITY } = settings.earlyStopping ?? {};
    return best && withoutGain >= patience ? 'early-stopping' : null;
  }

  async #finish(stoppedBy: TrainReport['stoppedBy']): Promise<void> {
    if (this.#best.size > 0) assignValues(this.#model.trainableVariables, this.#best, 'memory');
    this.#progress = { ...this.#progress, stoppedBy };
  }

  async #save(folder: string): Promise<void> {
    const [variables, moments] = await Promise.all([
      readValues(this.#model.trainableVariables),
      readValues(this.#optimizer.tensors()),
    ]);
    const { progress, optimizerSteps, best } = {
      progress: this.#progress,
      optimizerSteps: this.#optimizer.steps,
      best: this.#best,
    };
    const files = new Map([
      ...(await this.#model.files(progress.best?.scores ?? null)),
      ...stateFiles({ progress, optimizerSteps, variables, moments, best }),
    ]);
    await writeFolderAtomically(folder, files);
    this.#emit({ type: 'checkpoint', step: progress.step, folder });
  }

  async #resume(folder: string): Promise<void> {
    const state = await readState(folder);
    if (!state) return;
    assertSameRun(state.progress.run, this.#progress.run, folder);
    const variables = this.#model.trainableVariables;
    assignValues(variables, state.variables, folder);
    this.#optimizer.restore({ steps: state.optimizerSteps, values: state.moments }, variables);
    this.#progress = state.progress;
    this.#best = state.best;
  }

  #report(stoppedBy: TrainReport['stoppedBy']): TrainReport {
    const { step, history, best } = this.#progress;
    return {
      steps: step,
      epochs: step / this.#plan.stepsPerEpoch,
      history,
      best,
      stoppedBy,
      milliseconds: this.#pace.elapsed(),
      millisecondsPerStep: median(this.#pace.durations),
    };
  }

  #emit(event: TrainEvent): void {
    this.#log.write(event);
    this.#reporter?.show(event);
    this.#options.onEvent?.(event);
  }
}
