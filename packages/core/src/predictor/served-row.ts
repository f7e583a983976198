import type { Example } from '../task/task.ts';
import type { ServedAdapter } from './served-adapter.ts';

/** A row that was encoded for its adapter. */
export interface ServedRow {
  /** Where its result goes; windows of one long row have the same. */
  readonly place: number;
  /** Place among the windows of its row. */
  readonly window: number;
  readonly adapter: ServedAdapter;
  readonly example: Example;
}
