import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { Tuner } from '../contract/method.ts';
import type { VariableStore } from '../contract/variable-store.ts';
import { writeFolderAtomically } from '../files/write-folder.ts';
import type { OwnedPrompt } from '../model/create-prompt.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import { invalidRow } from '../task/row-place.ts';
import type { Scores, SummedLoss } from '../task/task.ts';
import { groupBy } from '../trainer/batching/group-by.ts';
import type { FrozenCache, FrozenCacheOptions, FrozenStates } from '../trainer/frozen-cache.ts';
import type { EvaluateOptions, EvaluationResult, Trainable } from '../trainer/trainable.ts';
import { cacheOf, type MultiTaskExample, openDataSetCaches } from './data-set-caches.ts';
import { meanScore, scoresOf, togetherOf } from './mean-scores.ts';
import type { MultiTaskRow, PredictionOf, RowOf, TaskMap } from './multi-task-row.ts';

/** What all tasks have in common. */
export interface SharedParts extends OwnedPrompt, Disposable {
  /** Trained copies of the backbone weights that the tuner unfreezes. */
  readonly unfrozen: VariableStore;
}

/** One task of a {@link MultiTaskModel}. */
export interface TaskMember {
  /** Runs with the shared prompt and weights, which it does not own, and with a head of its own. */
  readonly model: TunedModel;
  /** The part of the prompt that the task has for itself; null for none. */
  readonly own: Tuner | null;
  /** Factor of its losses. */
  readonly weight: number;
}

/** What a {@link MultiTaskModel} is put together from; it takes over all but the backbone. */
export interface MultiTaskParts {
  readonly backbone: Backbone;
  readonly shared: SharedParts;
  readonly members: ReadonlyMap<string, TaskMember>;
  /** Makes a model of one task with variables of its own, of whatever values. */
  createTaskModel(name: string): TunedModel;
}

/**
 * A frozen backbone with one prompt for several tasks, and a head for each of them.
 *
 * It is trained by `train` on rows of {@link multiTaskRows}: an update has rows of one task, which
 * moves the prompt and that task's head. {@link MultiTaskModel.taskModel} gives a task's share as a
 * model that is trained on alone.
 *
 * Owns the variables until it is disposed; the backbone stays the caller's.
 *
 * @see Liu et al. (2022), arXiv:2110.07602, 3.3
 */
export class MultiTaskModel<Tasks extends TaskMap = TaskMap>
  implements Trainable<MultiTaskRow<Tasks>, MultiTaskExample>, Disposable
{
  /** The mean of the tasks' own primary scores. */
  readonly primaryMetric = meanScore;
  readonly backbone: Backbone;
  readonly #parts: MultiTaskParts;
  #lastScores: Scores | null = null;

  constructor(parts: MultiTaskParts) {
    this.#parts = parts;
    this.backbone = parts.backbone;
  }

  get tasks(): readonly (keyof Tasks & string)[] {
    return [...this.#parts.members.keys()];
  }

  get description(): Readonly<Record<string, unknown>> {
    const tasks = this.#all.map(([name, { model, weight }]) => [
      name,
      { ...model.description, lossWeight: weight },
    ]);
    return { tasks: Object.fromEntries(tasks) };
  }

  /** By stable names: `tuner/…` and `backbone/…` of all tasks, `tasks/NAME/…` of each. */
  get trainableVariables(): ReadonlyMap<string, tf.Variable> {
    const { shared, members } = this.#parts;
    const stores: [string, VariableStore][] = [
      ['tuner', shared.tuner.variables],
      ['backbone', shared.unfrozen],
    ];
    for (const [name, { model, own }] of members) {
      if (own) stores.push([`tasks/${name}/tuner`, own.variables]);
      stores.push([`tasks/${name}/head`, model.parts.headVariables]);
    }
    return new Map(
      stores.flatMap(([owner, { variables }]) =>
        [...variables].map(([name, variable]) => [`${owner}/${name}`, variable] as const),
      ),
    );
  }

  /** Rows that were cut since the model was made because they were too long with their prompt. */
  get truncatedRows(): number {
    return this.#all.reduce((sum, [, { model }]) => sum + model.truncatedRows, 0);
  }

  encode(rows: readonly MultiTaskRow<Tasks>[]): MultiTaskExample[] {
    return this.#byTask(rows).flatMap(({ name, model, rows: own }) =>
      model.encode(own).map((example) => ({ ...example, dataSet: name })),
    );
  }

  frozenCache(options: FrozenCacheOptions<MultiTaskExample>): FrozenCache<MultiTaskExample> | null {
    const models = new Map(this.#all.map(([name, { model }]) => [name, model]));
    return openDataSetCaches(models, options);
  }

  /** @param examples - All of one task. */
  loss(
    examples: readonly MultiTaskExample[],
    seed: number,
    frozen: FrozenStates | null = null,
  ): SummedLoss {
    const member = this.#parts.members.get(examples[0]?.dataSet ?? '');
    if (!member) throw new RangeError('A batch needs rows of a task of the model.');
    const { sum, count } = member.model.loss(examples, seed, frozen);
    return { sum: tf.mul(sum, member.weight), count };
  }

  /**
   * Evaluates the tasks that have rows one by one: scores `TASK/SCORE`, and `mean` of their primary
   * ones. The loss is the mean of theirs, weighted as in training.
   */
  async evaluate(
    rows: readonly MultiTaskRow<Tasks>[],
    { batchSize = 32, frozen = null }: EvaluateOptions<MultiTaskExample> = {},
  ): Promise<EvaluationResult> {
    const results = [];
    for (const { name, model, weight, rows: own } of this.#byTask(rows)) {
      const options = { batchSize, frozen: cacheOf(frozen, name) };
      const { loss, scores } = await model.evaluate(own, options);
      results.push({ name, loss: weight * loss, scores, primary: model.primaryMetric });
    }
    const result = togetherOf(results);
    this.#lastScores = result.scores;
    return result;
  }

  /**
   * A model of one task, as `createModel` makes it, that starts from the shared prompt and the task's
   * head as they are now; training it changes nothing here. The caller owns it.
   *
   * @throws {@link PtlError} `CONFIG_INVALID` for a name that no task has.
   */
  taskModel<Name extends keyof Tasks & string>(
    name: Name,
  ): TunedModel<RowOf<Tasks[Name]>, PredictionOf<Tasks[Name]>> {
    const member = this.#parts.members.get(name);
    if (!member) {
      const message = `There is no task "${name}". Tasks: ${this.tasks.join(', ')}.`;
      throw invalidOption('taskModel', 'name', message);
    }
    const copy = this.#parts.createTaskModel(name);
    const values = member.model.trainableVariables;
    for (const [variable, target] of copy.trainableVariables) {
      const value = values.get(variable);
      if (value) target.assign(value);
    }
    // Made for the task of that name.
    return copy as TunedModel<RowOf<Tasks[Name]>, PredictionOf<Tasks[Name]>>;
  }

  /** The files of each task's folded model, in a folder of its name. */
  async files(scores: Scores | null): Promise<ReadonlyMap<string, Uint8Array | string>> {
    const files = new Map<string, Uint8Array | string>();
    for (const [name, { model }] of this.#all) {
      for (const [file, content] of await model.files(scoresOf(name, scores))) {
        files.set(`${name}/${file}`, content);
      }
    }
    return files;
  }

  /**
   * Writes the folded model of each task into a folder of its name, for `loadModel`. All of them are
   * replaced at once.
   *
   * @throws {@link PtlError} `FILE_WRITE_FAILED`; what was saved before is intact.
   */
  async save(folder: string): Promise<void> {
    await writeFolderAtomically(folder, await this.files(this.#lastScores));
  }

  [Symbol.dispose](): void {
    this.#parts.shared[Symbol.dispose]();
    for (const [, { model, own }] of this.#all) {
      own?.[Symbol.dispose]();
      model.parts.headVariables[Symbol.dispose]();
    }
  }

  get #all(): readonly (readonly [string, TaskMember])[] {
    return [...this.#parts.members];
  }

  /** The tasks that have rows, in the order of the tasks. */
  #byTask(rows: readonly MultiTaskRow[]) {
    const known = this.#parts.members;
    const stray = rows.findIndex(({ task }) => !known.has(task));
    if (stray >= 0) {
      const names = [...known.keys()].join(', ');
      const at = { index: stray, task: undefined };
      throw invalidRow(at, `there is no task "${rows[stray]?.task}"; the model has ${names}`);
    }
    const groups = groupBy(rows, ({ task }) => task);
    return this.#all.flatMap(([name, member]) => {
      const own = groups.get(name)?.map(({ row }) => row);
      return own ? [{ ...member, name, rows: own }] : [];
    });
  }
}
