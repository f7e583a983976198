import { formatDuration } from '../terminal/duration.mjs';
import { paint } from '../terminal/paint.mjs';

const out = process.stdout;

/** Prints a line per section, the names of what failed, and the totals as the last line of stdout. */
export function printSummary(results) {
  out.write('\n');
  for (const result of results) out.write(`${sectionLine(result)}\n`);
  for (const { section, names } of results) {
    for (const name of names) out.write(`${paint(out, 'red', '✗')} ${section}: ${name}\n`);
  }
  out.write(`\n${countsText(sumCounts(results))}\n`);
}

/** Adds up the counts of all sections. */
export function sumCounts(results) {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}

function sectionLine({ section, milliseconds, ...counts }) {
  const time = milliseconds === undefined ? '' : formatDuration(milliseconds);
  return `${section.padEnd(10)}${countsText(counts).padEnd(36)}${time.padStart(12)}`;
}

function countsText({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
