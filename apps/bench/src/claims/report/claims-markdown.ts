import type { ClaimResult } from '../claim-result.ts';
import { differenceText, evidenceOf, formatPValue, relationText, sideText } from './claim-lines.ts';
import { countVerdicts } from './count-verdicts.ts';
import { limitsText, ruleText } from './rule-text.ts';

const columns = ['Verdict', 'Claim', 'One side', 'The other', 'Difference', 'p'] as const;

/**
 * A Markdown page of all claims.
 *
 * @param command - What printed them.
 * @param made - What they were computed with, and when.
 */
export function claimsMarkdown(
  results: readonly ClaimResult[],
  command: string,
  made: string,
): string {
  return [
    '# What is taught, tried',
    '',
    `Made by \`${command}\`: ${made}`,
    '',
    `${countVerdicts(results)} Scores are in points, mean ± standard deviation over seeds.`,
    '',
    `| ${columns.join(' | ')} |`,
    '| --- | --- | --- | --- | ---: | ---: |',
    ...results.map((result) => `| ${cellsOf(result).map(escapeCell).join(' | ')} |`),
    '',
    '## How verdicts are come to',
    '',
    ...ruleText.map((line) => `* ${line}`),
    '',
    '## What they can bear',
    '',
    ...limitsText.map((line) => `* ${line}`),
    '',
  ].join('\n');
}

function cellsOf(result: ClaimResult): string[] {
  const { verdict, statement, source, id } = result;
  const claim = `${statement} (\`${id}\`; ${source})`;
  if (result.kind !== 'compared') return [verdict, claim, evidenceOf(result), '', '', ''];
  return [
    verdict,
    claim,
    sideText(result.left),
    sideText(result.right),
    `${differenceText(result)} (${relationText(result)}?)`,
    formatPValue(result.pValue),
  ];
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
