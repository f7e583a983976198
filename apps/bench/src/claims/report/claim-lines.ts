import { formatPoints, formatSpread } from '../../report/format-number.ts';
import type { ClaimResult, ComparedResult } from '../claim-result.ts';

const relationNames = {
  beats: 'better by',
  'no-worse': 'not worse by',
  equals: 'apart by less than',
};

/** What was found, in a line without the verdict. */
export function evidenceOf(result: ClaimResult): string {
  if (result.kind === 'exact') return result.evidence;
  if (result.kind === 'skipped') return result.reason;
  const { left, right } = result;
  return `${sideText(left)} against ${sideText(right)}; ${differenceText(result)}, p = ${formatPValue(result.pValue)}`;
}

/** `P-tuning v2 85.3 ± 1.7`. */
export function sideText({ label, mean, spread }: ComparedResult['left']): string {
  return `${label} ${formatSpread(mean, spread)}`;
}

/** `+11.9 ± 3.0`, in points. */
export function differenceText({ difference: { mean, spread } }: ComparedResult): string {
  return `${mean < 0 ? '' : '+'}${formatSpread(mean, spread)}`;
}

/** What the claim asks of the difference: `better by 1.0`. */
export function relationText({ relation: { kind, by } }: ComparedResult): string {
  return `${relationNames[kind]} ${formatPoints(by)}`;
}

export function formatPValue(pValue: number): string {
  return pValue < 0.001 ? '< 0.001' : pValue.toFixed(3);
}
