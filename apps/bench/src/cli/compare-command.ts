import { join, resolve } from 'node:path';
import { RecordStore } from '../records/record-store.ts';
import type { RunRecord } from '../records/run-record.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import { reportPage } from '../report/report-page.ts';
import { summarize } from '../report/summary.ts';
import { terminalTable, terminalVerdict } from '../report/terminal-table.ts';
import { verdicts } from '../report/verdict.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { makeRun } from '../runner/make-run.ts';
import { type PlannedRun, planRuns } from '../runner/plan.ts';
import { runAll } from '../runner/run-all.ts';
import { loadDataSets } from './load-data-sets.ts';
import { type ContextOptions, openContext } from './open-context.ts';
import { ProgressLine } from './progress-line.ts';
import { RunLines } from './run-lines.ts';
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
  const records = await makeRuns(runs, options, context, terminal);
  const summaries = summarize(records);
  terminal.write(`\n${terminalTable(summaries)}\n${terminalVerdict(verdicts(summaries))}`);
  const report = join(resolve(options.out), 'report.html');
  await writeFileAtomically(report, await reportPage(summaries, context.engine.message));
  terminal.write(`\nReport: ${report}\n`);
}

async function makeRuns(
  runs: readonly PlannedRun[],
  { out, fresh }: CompareOptions,
  context: BenchContext,
  terminal: Terminal,
): Promise<RunRecord[]> {
  const store = new RecordStore(resolve(out));
  const listener = new RunLines(runs.length, new ProgressLine(terminal));
  try {
    return await runAll(runs, { context, store, fresh, makeRun, listener });
  } catch (error) {
    listener.clear();
    if (context.signal.aborted) {
      terminal.error(
        `Stopped; ${listener.finished} of ${runs.length} runs are stored. ${howToGoOn(fresh)}\n`,
      );
    }
    throw error;
  }
}

function howToGoOn(fresh: boolean): string {
  return `The same command${fresh ? ' without --fresh' : ''} goes on from there.`;
}
