import { alignColumns } from './align-columns.ts';
import { describeRows, describeScores, methodCells, methodColumns } from './method-rows.ts';
import type { TaskSummary } from './summary.ts';
import type { Verdict } from './verdict.ts';

const gap = '   ';

/** One table for each task, as plain text of at most 100 columns. */
export function terminalTable(summaries: readonly TaskSummary[]): string {
  return summaries.map(taskTable).join('\n');
}

/** A line for each statement; empty without any. */
export function terminalVerdict(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '';
  const lines = verdicts.map(
    ({ holds, statement, evidence }) => `  ${String(holds).padEnd(5)}  ${statement} (${evidence})`,
  );
  return `Verdict, by the means over seeds:\n${lines.join('\n')}\n`;
}

function taskTable(summary: TaskSummary): string {
  const rows = [[...methodColumns], ...summary.methods.map(methodCells)];
  const lines = alignColumns(rows, gap);
  const [header = '', ...body] = lines;
  const title = `${summary.task}: ${describeRows(summary)}`;
  const legend = `test: ${describeScores(summary)}`;
  return `${[title, legend, '', header, '─'.repeat(header.length), ...body].join('\n')}\n`;
}
