import type { Example } from '../task/task.ts';

/** All windows of a row: its example and the further ones. */
export function windowsOf<Target>(example: Example<Target>): readonly Example<Target>[] {
  const { further = [] } = example;
  return [example, ...further];
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
