import { showDifference } from '../parity-page.ts';
import type { TrainedComparison } from './compare-answers.ts';

/** One line for the terminal. */
export function trainedLine(comparison: TrainedComparison): string {
  const { name, direction, failure, agrees } = comparison;
  const facts = failure?.split('\n')[0] ?? describe(comparison);
  return `${agrees ? 'ok  ' : 'FAIL'} ${name.padEnd(24)} ${direction.padEnd(12)} ${facts}\n`;
}

/** How many of them agree, in one sentence. */
export function trainedCount(comparisons: readonly TrainedComparison[]): string {
  const failures = comparisons.filter(({ agrees }) => !agrees).length;
  return failures === 0
    ? `All ${comparisons.length} trained adapters give the same predictions and scores in both libraries.`
    : `${failures} of ${comparisons.length} trained adapters give others in the other library.`;
}

/** The page in Markdown. */
export function trainingPage(
  comparisons: readonly TrainedComparison[],
  steps: number,
  versions: Readonly<Record<string, string>>,
): string {
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = comparisons.map((one) => {
    const [trained, read] = one.scores?.map((score) => show(score)) ?? ['', ''];
    const same = `${one.rows - one.differing} of ${one.rows}`;
    const cells = [one.name, one.direction, one.metric, trained, read, same];
    const difference = showDifference(one.difference);
    return `| ${[...cells, one.agrees ? difference : `**${difference}**`].join(' | ')} |`;
  });
  return [
    '# Parity of trained adapters',
    '',
    `Adapters trained for ${steps} steps on the bench's data, on MiniLM, by one library and read by the other. *PEFT to PTL*: trained in PEFT. The first score is`,
    'that of the library that trained it, the second that of the one that read it; each counts by code of its own. Then the test rows with the same',
    'prediction, and the largest difference of a logit. The two libraries train from different starting values, so that a data set and method has two adapters.',
    '',
    `Made by \`pnpm parity train --python PATH\` with ${made.join(', ')}.`,
    '',
    trainedCount(comparisons),
    '',
    '| data set and method | direction | metric | trained | read | same rows | largest difference |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}

function describe({ metric, scores, rows, differing, difference }: TrainedComparison): string {
  const [trained, read] = scores ?? [];
  const same = `${rows - differing} of ${rows} rows the same`;
  return `${metric} ${show(trained)} and ${show(read)}, ${same}, logits within ${showDifference(difference)}`;
}

/** All digits: the two are to be equal to the last one. */
function show(score: number | undefined): string {
  return String(score);
}
