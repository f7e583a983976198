import type { DataSet } from '../../data/data-set.ts';

/** How much is run: a subset that takes minutes, or all there is. */
export type ClaimSize = 'quick' | 'full';

/** Data that claims are tried on; the rows to train on may be drawn anew for each seed. */
export interface ClaimData {
  readonly name: string;
  /** The folder of experiments with the settings of each method. */
  experimentsFor(size: ClaimSize): string;
  load(size: ClaimSize, seed: number): Promise<DataSet>;
}
