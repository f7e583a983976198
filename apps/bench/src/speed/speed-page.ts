import type { SpeedRecord } from './speed-record.ts';
import { tableMarkdown } from './speed-table.ts';

/** A Markdown page of all that was measured. */
export function speedPage(records: readonly SpeedRecord[]): string {
  const made = [...new Set(records.map((record) => record.made))];
  return [
    '# Performance',
    '',
    'Made by `pnpm bench:speed --peft PYTHON --out docs/performance`; with `--only PARTS` the others stay as they were. Times depend on the machine, ratios far less: both sides of a',
    'ratio ran in turns in one sitting.',
    '',
    ...made.flatMap((line, index) => [made.length > 1 ? `${index + 1}. ${line}` : line]),
    '',
    ...records.flatMap(({ table, made: line }) => [
      tableMarkdown(table),
      ...(made.length > 1 ? [`Sitting ${made.indexOf(line) + 1}.`, ''] : []),
    ]),
  ].join('\n');
}
