import type { Task } from '../task/task.ts';

/** Tasks by the names of their data sets. */
export type TaskMap = Readonly<Record<string, Task>>;

/** A row of a task. */
export type RowOf<T> = T extends Task<infer Row, infer _Prediction, infer _Target> ? Row : never;

/** What a task predicts for a row. */
export type PredictionOf<T> =
  T extends Task<infer _Row, infer Prediction, infer _Target> ? Prediction : never;

/** A row of one of several tasks, with the name of the task. */
export type MultiTaskRow<Tasks extends TaskMap = TaskMap> = {
  readonly [Name in keyof Tasks & string]: {
    readonly task: Name;
    readonly row: RowOf<Tasks[Name]>;
  };
}[keyof Tasks & string];

type NamedRow<Rows extends Readonly<Record<string, readonly unknown[]>>> = {
  readonly [Name in keyof Rows & string]: {
    readonly task: Name;
    readonly row: Rows[Name][number];
  };
}[keyof Rows & string];

/**
 * Puts the rows of several data sets into one list, in which each knows its task: what `train` and
 * `evaluate` take for a model of several tasks.
 */
export function multiTaskRows<const Rows extends Readonly<Record<string, readonly unknown[]>>>(
  rows: Rows,
): NamedRow<Rows>[] {
  return Object.entries(rows).flatMap(
    ([task, all]) => all.map((row) => ({ task, row }) as NamedRow<Rows>), // The name is one of the keys.
  );
}
