import type { Variable } from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import { adapterFiles, exportFacts } from '../checkpoint/adapter-files.ts';
import { exportRefused, peftObstacle } from '../checkpoint/peft-obstacle.ts';
import { latestPeft, type PeftRelease, parsePeftRelease } from '../checkpoint/peft-release.ts';
import { writeFolderAtomically } from '../files/write-folder.ts';
import { createDropout, createRepeatedDropout } from '../ops/dropout.ts';
import { sequencesOf } from '../task/sequences-of.ts';
import type { Example, Scores, SummedLoss, Task } from '../task/task.ts';
import { collate } from '../tokenizer/collate.ts';
import type { FrozenCache, FrozenCacheOptions, FrozenStates } from '../trainer/frozen-cache.ts';
import type { EvaluateOptions, EvaluationResult, Trainable } from '../trainer/trainable.ts';
import { encodingContext } from './encoding-context.ts';
import { disposePrompt, foldPrompt, promptSize } from './folded-tuner.ts';
import { hiddenStates } from './hidden-states.ts';
import { type ReadLogits, runInference } from './inference.ts';
import { type ModelExample, toModelExample } from './model-example.ts';
import type { ModelParts, PromptOrigin } from './model-parts.ts';
import { openLayerCache } from './open-layer-cache.ts';
import { joinRowLogits, type RowLogits, readRowLogits } from './row-logits.ts';
import { joinWindows, windowsOf } from './row-windows.ts';

/** Sizes of what is trained and of what is kept, in numbers. */
export interface ParameterCounts {
  /** Trained at once: prompt with its reparameterization, head, unfrozen weights. */
  readonly trainable: number;
  /** Kept after folding. */
  readonly stored: number;
}

/** How a model is written. */
export interface SaveOptions {
  /**
   * `required` refuses to write what PEFT would compute differently; `auto` writes it with a note
   * in `ptl.json` and the model card, and is the default.
   */
  readonly exportPeft?: 'required' | 'auto';
  /** The oldest release of PEFT that is to read the files, such as `0.13.2`; the newest if absent. */
  readonly targetPeftVersion?: string;
}

export interface PredictOptions {
  /** Rows per batch. */
  readonly batchSize?: number;
}

/**
 * A frozen backbone with a prompt and a head of its own.
 *
 * Owns the prompt's and the head's variables until it is disposed; the backbone stays the
 * caller's and may serve any number of models.
 */
export class TunedModel<Row = unknown, Prediction = unknown>
  implements Trainable<Row, ModelExample>, Disposable
{
  readonly task: Task<Row, Prediction>;
  readonly backbone: Backbone;
  readonly origin: PromptOrigin;
  readonly #parts: ModelParts<Row, Prediction>;
  readonly #decode: ReadLogits<Prediction> = (...batch) => this.task.decode(...batch);
  #truncatedRows = 0;
  #lastScores: Scores | null = null;

  constructor(parts: ModelParts<Row, Prediction>) {
    this.#parts = parts;
    this.task = parts.task;
    this.backbone = parts.backbone;
    this.origin = parts.origin;
  }

  /** What it is put together from; borrowed, for what runs several models at once. */
  get parts(): ModelParts<Row, Prediction> {
    return this.#parts;
  }

  /** What was left aside when it was loaded, such as tensors that PTL has no use for. */
  get warnings(): readonly string[] {
    return this.#parts.warnings ?? [];
  }

  get primaryMetric(): string {
    return this.task.primaryMetric;
  }

  /** By stable names: `tuner/…`, `head/…`, `backbone/…`. */
  get trainableVariables(): ReadonlyMap<string, Variable> {
    const { tuner, headVariables, unfrozen } = this.#parts;
    const named = Object.entries({
      tuner: tuner.variables,
      head: headVariables,
      backbone: unfrozen,
    }).flatMap(([owner, { variables }]) =>
      [...variables].map(([name, variable]) => [`${owner}/${name}`, variable] as const),
    );
    return new Map(named);
  }

  get description(): Readonly<Record<string, unknown>> {
    const { backbone, task, origin, positionOffset, semantics } = this.#parts;
    const { kind, options } = task;
    const rules = semantics === 'peft' ? { positionOffset, semantics } : { positionOffset };
    return { ...origin, task: { kind, options }, ...rules, backbone: backbone.fingerprint };
  }

  /** Rows that were cut since the model was made because they were too long with their prompt. */
  get truncatedRows(): number {
    return this.#truncatedRows;
  }

  get parameters(): ParameterCounts {
    const { tuner, headVariables, unfrozen } = this.#parts;
    const rest = headVariables.parameterCount + unfrozen.parameterCount;
    const prompt = foldPrompt(tuner);
    const stored = promptSize(prompt) + rest;
    disposePrompt(prompt);
    return { trainable: tuner.variables.parameterCount + rest, stored };
  }

  /** One for each row, or for each window of a row that is too long to be read at once. */
  encode(rows: readonly Row[]): ModelExample[] {
    return this.#encodeRows(rows).flatMap(windowsOf).map(toModelExample);
  }

  frozenCache(options: FrozenCacheOptions<ModelExample>): FrozenCache<ModelExample> | null {
    const cache = openLayerCache(this.#parts, options);
    if (!cache) return null;
    return {
      get bytes() {
        return cache.bytes;
      },
      states: (examples) => cache.states(examples.flatMap(({ example }) => sequencesOf(example))),
    };
  }

  loss(
    examples: readonly ModelExample[],
    seed: number,
    frozen: FrozenStates | null = null,
  ): SummedLoss {
    const { tuner, unfrozen, backbone, head, activationCheckpointing = false } = this.#parts;
    const { pad } = backbone.tokenizer.special;
    const rows = examples.flatMap(({ example }) => sequencesOf(example));
    const batch = collate(rows, pad);
    const dropout = createDropout(seed);
    const prompt = tuner.prompt({ batchSize: batch.size, training: true, dropout });
    const hidden = hiddenStates(this.#parts, batch, prompt, {
      frozen,
      recompute: activationCheckpointing,
      ...(tuner.frozenDropout
        ? { dropout: activationCheckpointing ? createRepeatedDropout(seed) : dropout }
        : {}),
    });
    const logits = head.logits(hidden, dropout, unfrozen.variables, rows);
    return this.task.loss(
      logits,
      examples.map(({ example }) => example),
      batch,
    );
  }

  /** Predictions in the order of the rows; labels are not looked at. */
  async predict(
    rows: readonly Partial<Row>[],
    { batchSize = 32 }: PredictOptions = {},
  ): Promise<Prediction[]> {
    const context = encodingContext(this.#parts);
    const examples = rows.map((row, index) =>
      // A row to predict is one of the task's without its label.
      this.#count(this.task.encodeInput(row as Row, index, context)),
    );
    const { outputs } = await runInference(this.#parts, examples, {
      batchSize,
      withLoss: false,
      read: await this.#calibratedDecode(),
      join: (windows) => this.#join(windows),
    });
    return [...outputs];
  }

  /** Logits in the order of the rows; labels are not looked at. */
  async logits(
    rows: readonly Partial<Row>[],
    { batchSize = 32 }: PredictOptions = {},
  ): Promise<RowLogits[]> {
    const context = encodingContext(this.#parts);
    const examples = rows.map(
      (row, index) => this.#count(this.task.encodeInput(row as Row, index, context)), // As in predict.
    );
    const options = {
      batchSize,
      withLoss: false,
      isRaw: true,
      read: readRowLogits,
      join: joinRowLogits,
    };
    return [...(await runInference(this.#parts, examples, options)).outputs];
  }

  async evaluate(
    rows: readonly Row[],
    { batchSize = 32, frozen = null }: EvaluateOptions<ModelExample> = {},
  ): Promise<EvaluationResult> {
    const examples = this.#encodeRows(rows);
    const frozenStates = async (batch: readonly Example[]): Promise<FrozenStates | null> =>
      frozen && (await frozen.states(batch.map(toModelExample)));
    const join = (windows: readonly Prediction[]): Prediction => this.#join(windows);
    const read = await this.#calibratedDecode();
    const options = { batchSize, withLoss: true, read, join, frozenStates };
    const { outputs, loss } = await runInference(this.#parts, examples, options);
    const scores = this.task.score(outputs, rows);
    this.#lastScores = scores;
    return { loss, scores };
  }

  /** Takes out of logits what rows that say nothing are given, where the task asks for it. */
  async #calibratedDecode(): Promise<ReadLogits<Prediction>> {
    const { contentFree, calibrate } = this.task;
    if (!contentFree || !calibrate) return this.#decode;
    const given = await this.logits(contentFree as readonly Partial<Row>[]); // The task's own.
    const reference = given.map(({ values }) => values);
    return (logits, ...batch) => this.#decode(calibrate(logits, reference), ...batch);
  }

  async files(scores: Scores | null): Promise<ReadonlyMap<string, Uint8Array | string>> {
    return await adapterFiles(this.#parts, scores, parsePeftRelease(latestPeft));
  }

  /**
   * Writes the folded model: the old folder, or the new one, is there at any moment.
   *
   * @throws {@link PtlError} `FILE_WRITE_FAILED`; `PEFT_INEXPRESSIBLE` if PEFT cannot compute what
   *   the model computes and `exportPeft` requires that it can; `CONFIG_INVALID` for a release that
   *   is none. What was saved before is intact.
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    const release = parsePeftRelease(options.targetPeftVersion ?? latestPeft);
    if (options.exportPeft === 'required') this.#assertPeftCan(folder, release);
    const files = await adapterFiles(this.#parts, this.#lastScores, release);
    await writeFolderAtomically(folder, files);
  }

  #assertPeftCan(folder: string, release: PeftRelease): void {
    const prompt = foldPrompt(this.#parts.tuner);
    const obstacle = peftObstacle(exportFacts(this.#parts, prompt, release));
    disposePrompt(prompt);
    if (obstacle !== null) throw exportRefused(folder, obstacle);
  }

  /** A method, so that a model of some rows stays one of any predictions. */
  #join(windows: readonly Prediction[]): Prediction {
    return joinWindows(this.task, windows);
  }

  #encodeRows(rows: readonly Row[]): Example[] {
    const context = encodingContext(this.#parts);
    return rows.map((row, index) => this.#count(this.task.encode(row, index, context)));
  }

  #count(example: Example): Example {
    if (sequencesOf(example).some(({ truncatedTokens }) => truncatedTokens > 0))
      this.#truncatedRows++;
    return example;
  }

  [Symbol.dispose](): void {
    const { tuner, headVariables, unfrozen } = this.#parts;
    tuner[Symbol.dispose]();
    headVariables[Symbol.dispose]();
    unfrozen[Symbol.dispose]();
  }
}
