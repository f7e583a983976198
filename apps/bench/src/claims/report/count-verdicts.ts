import type { ClaimResult } from '../claim-result.ts';

const verdicts = ['holds', 'does not hold', 'undecided', 'skipped'] as const;
const phrases = {
  holds: 'hold',
  'does not hold': 'do not hold',
  undecided: 'are undecided',
  skipped: 'were skipped',
};

/** `Of 30 claims 20 hold, 4 do not hold, 6 are undecided.` */
export function countVerdicts(results: readonly ClaimResult[]): string {
  const counts = verdicts.flatMap((verdict) => {
    const count = results.filter((result) => result.verdict === verdict).length;
    return count > 0 ? [`${count} ${phrases[verdict]}`] : [];
  });
  return `Of ${results.length} claims ${counts.join(', ')}.`;
}
