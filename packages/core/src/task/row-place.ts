import { PtlError } from '../contract/errors.ts';

/** Which row a message is about. */
export interface RowPlace {
  /** Place of the row in its data set, from 0. */
  readonly index: number;
  /** Name of the task, where it has one. */
  readonly task: string | undefined;
}

/** The start of a message about a row. */
export function nameRow({ index, task }: RowPlace): string {
  return task === undefined ? `Row ${index}` : `Row ${index} of "${task}"`;
}

/** A row that is not of the task's shape. `reason` is a clause without a full stop. */
export function invalidRow(place: RowPlace, reason: string): PtlError<'ROW_INVALID'> {
  const { index } = place;
  return new PtlError('ROW_INVALID', `${nameRow(place)}: ${reason}.`, { row: index, reason });
}
