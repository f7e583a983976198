import { cpus } from 'node:os';
import { type SpeedTable, tableMarkdown } from './speed-table.ts';

/** A Markdown page of all that was measured. @param made - What was measured, in one sentence. */
export function speedPage(tables: readonly SpeedTable[], made: string): string {
  const processor = cpus()[0]?.model.trim() ?? 'an unknown processor';
  return [
    '# Performance',
    '',
    'Made by `pnpm bench:speed --peft PYTHON --out docs/performance`. Times depend on the machine, ratios far less: both sides of a ratio ran in turns in one sitting.',
    '',
    `${made}; ${processor}.`,
    '',
    ...tables.map(tableMarkdown),
  ].join('\n');
}
