import type { Backbone } from '@ptl/core';
import type { Departures } from '../experiments/load-experiment.ts';
import type { PlannedRun, Procedure } from '../runner/plan.ts';
import type { ClaimData, ClaimSize } from './data/claim-data.ts';
import type { Relation } from './statistics/judge.ts';

/** How a score is come by: a method on data, with what departs from its settings there. */
export interface Setting {
  readonly data: ClaimData;
  /** One of the bench's methods. */
  readonly method: string;
  readonly departures?: Partial<Departures>;
  /** Done in place of training on the data and testing on it. */
  procedure?(run: PlannedRun, size: ClaimSize): Promise<Procedure>;
  /** Which score of the test is compared, where a procedure has several; the primary one if absent. */
  readonly score?: string;
}

/** One of the two things that a claim compares. */
export interface Side {
  readonly label: string;
  /** More than one are run for each seed, and combined into its one value. */
  readonly settings: readonly Setting[];
  /** The `mean` of the scores of the settings, or their standard deviation, the `spread`. */
  readonly combine?: 'mean' | 'spread';
}

interface ClaimFacts {
  /** What `--only` takes. */
  readonly id: string;
  /** What is taught, in the field's words. */
  readonly statement: string;
  /** Paper and section. */
  readonly source: string;
}

/** A claim that is tried by runs of two sides with the same seeds. */
export interface ComparedClaim extends ClaimFacts {
  readonly kind: 'compared';
  /**
   * Takes the place of the backbone of all others, for what needs a language model. The claim is
   * skipped where this cannot be had.
   */
  readonly backbone?: string;
  readonly left: Side;
  readonly relation: Relation;
  readonly right: Side;
}

/** A claim that holds exactly or not at all, whatever the seed. */
export interface ExactClaim extends ClaimFacts {
  readonly kind: 'exact';
  check(backbone: Backbone): Promise<ExactOutcome>;
}

export interface ExactOutcome {
  readonly holds: boolean;
  /** What was found, with its figures. */
  readonly evidence: string;
}

export type Claim = ComparedClaim | ExactClaim;
