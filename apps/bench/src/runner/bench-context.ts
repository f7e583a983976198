import type { Backbone } from '@ptl/core';
import type { EngineReport } from '@ptl/node';

/** What all runs of a call share. */
export interface BenchContext {
  readonly backbone: Backbone;
  readonly engine: EngineReport;
  /** Stops the run at hand after its current step. */
  readonly signal: AbortSignal;
}

/** How far a run is. */
export interface RunProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Of the step before. */
  readonly loss: number;
  /** The compared score at the latest evaluation on development; null before the first one. */
  readonly score: number | null;
  readonly millisecondsLeft: number;
}
