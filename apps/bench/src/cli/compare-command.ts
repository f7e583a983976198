import { join, resolve } from 'node:path';
import { RecordStore } from '../records/record-store.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import { reportPage } from '../report/report-page.ts';
import { summarize } from '../report/summary.ts';
import { terminalTable, terminalVerdict } from '../report/terminal-table.ts';
import { verdicts } from '../report/verdict.ts';
import { planRuns } from '../runner/plan.ts';
import { loadDataSets } from './load-data-sets.ts';
import { makeRuns } from './make-runs.ts';
import { type ContextOptions, openContext } from './open-context.ts';
import type { Terminal } from './terminal.ts';

export interface CompareOptions extends ContextOptions {
  readonly tasks?: readonly string[];
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  readonly data?: string;
  readonly out: string;
  readonly fresh: boolean;
}

/** Makes the runs that are missing, then prints the comparison and writes the report. */
export async function compareCommand(options: CompareOptions, terminal: Terminal): Promise<void> {
  const { dataSets, experimentOf } = await loadDataSets(options.tasks, options.data);
  const runs = await planRuns({ ...options, dataSets, experimentOf });
  using context = await openContext(options, terminal);
  const store = new RecordStore(resolve(options.out));
  const { fresh } = options;
  const records = await makeRuns(runs, { context, store, fresh, terminal });
  const summaries = summarize(records);
  terminal.write(`\n${terminalTable(summaries)}\n${terminalVerdict(verdicts(summaries))}`);
  const report = join(resolve(options.out), 'report.html');
  await writeFileAtomically(report, await reportPage(summaries, context.engine.message));
  terminal.write(`\nReport: ${report}\n`);
}
