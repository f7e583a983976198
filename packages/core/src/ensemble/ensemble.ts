import type { Backbone } from '../backbone/backbone.ts';
import { PtlError } from '../contract/errors.ts';
import { type RowLogits, readRowLogits } from '../model/row-logits.ts';
import type { PredictOptions } from '../model/tuned-model.ts';
import { Calibrations } from '../predictor/calibrations.ts';
import { planBatches } from '../predictor/plan-batches.ts';
import { runBatch } from '../predictor/run-batch.ts';
import type { ServedAdapter } from '../predictor/served-adapter.ts';
import type { ServedRow } from '../predictor/served-row.ts';
import type { Example, Scores, Task } from '../task/task.ts';
import { backboneSize, type EnsembleCost, passCosts } from './ensemble-cost.ts';
import type { EnsembleJoin, LogitScale } from './join-logits.ts';
import { type JoinedLogits, joinMembers, type MemberLogits } from './member-logits.ts';

/** What an ensemble is put together from; it takes over the members. */
interface EnsembleParts<Row, Prediction> {
  readonly backbone: Backbone;
  readonly task: Task<Row, Prediction>;
  readonly members: readonly ServedAdapter[];
  /** Numbers that each member keeps. */
  readonly stored: readonly number[];
  readonly join: EnsembleJoin;
  readonly scale: LogitScale;
}

/** What an evaluation of an ensemble found. */
export interface EnsembleEvaluation {
  readonly scores: Scores;
  /** Each member's own, in order. */
  readonly members: readonly Scores[];
}

/** Gives the row of an input for one member. */
type Encode = (member: ServedAdapter) => Example;

/**
 * Several prompts for one task on one backbone, whose predictions are joined to one. See
 * {@link createEnsemble}.
 *
 * Owns copies of the members' prompts and heads until it is disposed; the backbone stays the caller's.
 */
export class Ensemble<Row = unknown, Prediction = unknown> implements Disposable {
  readonly task: Task<Row, Prediction>;
  readonly join: EnsembleJoin;
  readonly #parts: EnsembleParts<Row, Prediction>;
  readonly #calibrations = new Calibrations();
  #isDisposed = false;

  constructor(parts: EnsembleParts<Row, Prediction>) {
    this.#parts = parts;
    this.task = parts.task;
    this.join = parts.join;
  }

  /** How many models were joined. */
  get size(): number {
    return this.#parts.members.length;
  }

  /**
   * Predictions in the order of the rows; labels are not looked at.
   *
   * @param options - Rows of one forward pass count each member's.
   * @throws {@link PtlError} `ROW_INVALID`, or `TUNER_DISPOSED`.
   */
  async predict(
    rows: readonly Partial<Row>[],
    options: PredictOptions = {},
  ): Promise<Prediction[]> {
    return this.#predictions(await this.#run(this.#encodeInputs(rows), options));
  }

  /**
   * Scores the joined predictions, and each member's.
   *
   * @throws {@link PtlError} `ROW_INVALID`, `LABEL_UNKNOWN`, or `TUNER_DISPOSED`.
   */
  async evaluate(rows: readonly Row[], options: PredictOptions = {}): Promise<EnsembleEvaluation> {
    const encoded = this.#encode(rows, (row, index) => ({ context }) => {
      return this.task.encode(row, index, context);
    });
    const results = await this.#run(encoded, options);
    const own = this.#parts.members.map((_, member) => {
      const alone = results.map((members) => members.slice(member, member + 1));
      return this.task.score(this.#predictions(alone, 'mean-logits'), rows);
    });
    return { scores: this.task.score(this.#predictions(results), rows), members: own };
  }

  /**
   * Counts what rows take: numbers that are kept, and what the backbone computes, in shared passes and
   * otherwise.
   *
   * @throws {@link PtlError} `ROW_INVALID`, or `TUNER_DISPOSED`.
   */
  cost(rows: readonly Partial<Row>[], { batchSize = 32 }: PredictOptions = {}): EnsembleCost {
    this.#assertLive();
    const { backbone, stored } = this.#parts;
    const passes = passCosts(backbone, this.#encodeInputs(rows), batchSize);
    return { stored, backbone: backboneSize(backbone), ...passes };
  }

  /** Gives all memory back. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const member of this.#parts.members) member[Symbol.dispose]();
  }

  #encodeInputs(rows: readonly Partial<Row>[]): ServedRow[][] {
    return this.#encode(rows, (row, index) => ({ context }) => {
      return this.task.encodeInput(row as Row, index, context); // A row without its label.
    });
  }

  /** For each input the rows of all members. */
  #encode<Input>(
    inputs: readonly Input[],
    encode: (input: Input, index: number) => Encode,
  ): ServedRow[][] {
    const { members } = this.#parts;
    return inputs.map((input, index) => {
      const of = encode(input, index);
      return members.map((adapter, member) => {
        const place = index * members.length + member;
        return { place, window: 0, adapter, example: of(adapter) };
      });
    });
  }

  /** What the members gave for each input. */
  async #run(
    rows: readonly (readonly ServedRow[])[],
    { batchSize = 32 }: PredictOptions,
  ): Promise<MemberLogits[][]> {
    const { backbone, members } = this.#parts;
    const results = rows.map((): MemberLogits[] => []);
    this.#assertLive();
    for (const member of members) await this.#calibrations.prepare(member, backbone, batchSize);
    for (const batch of planBatches(rows.flat(), backbone.geometry.architecture, batchSize)) {
      this.#assertLive();
      const logits = await runBatch(backbone, batch, { isRaw: true, by: (of) => this.#reader(of) });
      for (const [at, { place, example }] of batch.rows.entries()) {
        const own = results[Math.floor(place / members.length)];
        // As the reader below gives them.
        if (own) own[place % members.length] = { example, logits: logits[at] as RowLogits };
      }
    }
    return results;
  }

  #reader(member: ServedAdapter) {
    return (logits: Float32Array, shape: readonly number[], examples: readonly Example[]) =>
      readRowLogits(this.#calibrations.correct(member, logits), shape, examples);
  }

  #predictions(results: readonly MemberLogits[][], join: EnsembleJoin = this.join): Prediction[] {
    return results.flatMap((members) => {
      const joined: JoinedLogits | null = joinMembers(join, this.#parts.scale, members);
      return joined ? this.task.decode(joined.values, joined.shape, [joined.example]) : [];
    });
  }

  #assertLive(): void {
    if (!this.#isDisposed) return;
    const message = 'The ensemble was used after it was disposed.';
    throw new PtlError('TUNER_DISPOSED', message, { tuner: 'ensemble' });
  }
}
