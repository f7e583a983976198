import type { Example, Task } from '../task/task.ts';

/** All windows of a row: its example and the further ones. */
export function windowsOf<Target>(example: Example<Target>): readonly Example<Target>[] {
  const { further = [] } = example;
  return [example, ...further];
}

/** Makes one prediction of those of a row's windows, as its task does. */
export function joinWindows<Row, Prediction>(
  task: Task<Row, Prediction>,
  windows: readonly Prediction[],
): Prediction {
  if (task.joinWindows) return task.joinWindows(windows);
  throw new TypeError(`The task "${task.kind}" reads rows in windows and does not join them.`);
}

/** Makes one output for each row of those of its windows, which come in the order of the rows. */
export function joinByRow<Output>(
  outputs: readonly Output[],
  rows: readonly Example[],
  join: (outputs: readonly Output[]) => Output,
): Output[] {
  let next = 0;
  return rows.flatMap((row) => {
    const start = next;
    next += windowsOf(row).length;
    const own = outputs.slice(start, next);
    return own.length > 1 ? [join(own)] : own;
  });
}
