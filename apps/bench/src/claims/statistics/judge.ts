import { mean } from '../../report/statistics.ts';
import { signFlipPValue } from './sign-flip.ts';

/** Below this a p-value counts as evidence. */
export const significance = 0.05;

/**
 * What a claim says of its left and right side: the left `beats` the right by `by` at least, is `no
 * worse` by that much, or `equals` it to within that much. In the unit of the scores.
 */
export interface Relation {
  readonly kind: 'beats' | 'no-worse' | 'equals';
  /** The smallest difference that matters. */
  readonly by: number;
}

type ClaimVerdict = 'holds' | 'does not hold' | 'undecided';

/** What was decided, and the p-value it rests on. */
export interface Judgement {
  readonly verdict: ClaimVerdict;
  /** Of the test that decides; of the one that comes closest to it where nothing is decided. */
  readonly pValue: number;
}

/**
 * Judges a claim by paired scores, left minus right. The rule was fixed before any run:
 *
 * - `beats` holds if the mean difference is `by` or more and above 0 by the test, and does not hold if
 *   the difference is below `by` by the test.
 * - `no-worse` holds where the right side's `beats` does not, and the other way round.
 * - `equals` holds if neither side is worse than the other, and does not hold if one is.
 *
 * The test is {@link signFlipPValue} at {@link significance}, one-sided, since a claim names a side.
 */
export function judge(differences: readonly number[], { kind, by }: Relation): Judgement {
  const opposite = differences.map((difference) => -difference);
  if (kind === 'beats') return judgeBeats(differences, by);
  if (kind === 'no-worse') return negate(judgeBeats(opposite, by));
  return both(negate(judgeBeats(opposite, by)), negate(judgeBeats(differences, by)));
}

function judgeBeats(differences: readonly number[], by: number): Judgement {
  const above = signFlipPValue(differences);
  const below = signFlipPValue(differences.map((difference) => by - difference));
  if (mean(differences) >= by && above < significance) return { verdict: 'holds', pValue: above };
  if (below < significance) return { verdict: 'does not hold', pValue: below };
  return { verdict: 'undecided', pValue: mean(differences) >= by ? above : below };
}

function negate({ verdict, pValue }: Judgement): Judgement {
  if (verdict === 'undecided') return { verdict, pValue };
  return { verdict: verdict === 'holds' ? 'does not hold' : 'holds', pValue };
}

/** Of two judgements that must both hold; the larger p-value is that of both together. */
function both(one: Judgement, other: Judgement): Judgement {
  const failed = [one, other].find(({ verdict }) => verdict === 'does not hold');
  if (failed) return failed;
  const isOpen = one.verdict === 'undecided' || other.verdict === 'undecided';
  const pValue = Math.max(one.pValue, other.pValue);
  return { verdict: isOpen ? 'undecided' : 'holds', pValue };
}
