import { type Comparison, tolerance } from './compare-logits.ts';

export interface ParityPage {
  /** One line each, and a count. */
  readonly lines: string;
  readonly markdown: string;
  readonly failures: number;
}

/** What PEFT was asked for in vain. */
interface Refusal {
  readonly name: string;
  readonly error: string;
}

/** @param versions - Of what was compared, by name. */
export function parityPage(
  comparisons: readonly Comparison[],
  versions: Readonly<Record<string, string>>,
  refusals: readonly Refusal[],
): ParityPage {
  const failures = comparisons.filter(({ agrees }) => !agrees).length;
  const largest = Math.max(...comparisons.map(({ difference }) => difference));
  const count =
    failures === 0
      ? `All ${comparisons.length} cases agree within ${tolerance}; the largest difference is ${showDifference(largest)}.`
      : `${failures} of ${comparisons.length} cases differ by more than ${tolerance}.`;
  const lines = comparisons.map(
    ({ name, direction, difference, failure, agrees }) =>
      `${agrees ? 'ok  ' : 'FAIL'} ${name.padEnd(44)} ${direction.padEnd(20)} ${failure?.split('\n')[0] ?? showDifference(difference)}\n`,
  );
  const refused = refusals.map(({ name, error }) => `PEFT cannot: ${name}: ${error}\n`);
  return {
    lines: `${lines.join('')}${refused.join('')}${count}\n`,
    markdown: `${markdown(comparisons, versions, count)}${refusedTable(refusals)}`,
    failures,
  };
}

function markdown(
  comparisons: readonly Comparison[],
  versions: Readonly<Record<string, string>>,
  count: string,
): string {
  const names = [...new Set(comparisons.map(({ name }) => name))];
  const cell = (name: string, direction: Comparison['direction']): string => {
    const found = comparisons.find((one) => one.name === name && one.direction === direction);
    if (!found) return '';
    return found.agrees
      ? showDifference(found.difference)
      : `**${showDifference(found.difference)}**`;
  };
  const rows = names.map(
    (name) =>
      `| ${name} | ${cell(name, 'PEFT to PTL')} | ${cell(name, 'PTL to PEFT')} | ${cell(name, 'PEFT to PTL to PEFT')} |`,
  );
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Parity with PEFT',
    '',
    'Largest absolute difference of a logit between PTL and PEFT, on tiny random models of each family (3 layers, 4 heads of 10; of 12 in T5, whose gated form has 2 layers), three rows of',
    'different lengths in one batch. *PEFT to PTL*: an adapter that PEFT made, in PTL. *PTL to PEFT*: one that PTL made, in PEFT, for the methods that',
    'both have. The last column is an adapter of PEFT that PTL read and wrote again, in PEFT.',
    '',
    `Made by \`pnpm parity --python PATH\` with ${made.join(', ')}. \`pnpm parity train --python PATH\` compares adapters that were trained on real data.`,
    '',
    count,
    '',
    '| family, task, method | PEFT to PTL | PTL to PEFT | PEFT to PTL to PEFT |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}

function refusedTable(refusals: readonly Refusal[]): string {
  return [
    '',
    '## What PEFT cannot compute',
    '',
    'Tried with the same models; where PEFT ends in an error there is nothing to compare.',
    '',
    '| family, method | what PEFT says |',
    '| --- | --- |',
    ...refusals.map(({ name, error }) => `| ${name} | \`${error}\` |`),
    '',
  ].join('\n');
}

/** A difference of logits with two digits, or that there is none. */
export function showDifference(difference: number): string {
  return Number.isFinite(difference) ? difference.toExponential(1) : 'no logits';
}
