import { join, resolve } from 'node:path';
import { loadBackbone, type Precision } from '@ptl/core';
import { type EngineName, useEngine } from '@ptl/node';
import { RecordStore } from '../records/record-store.ts';
import type { RunRecord } from '../records/run-record.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import { reportPage } from '../report/report-page.ts';
import { summarize } from '../report/summary.ts';
import { terminalTable, terminalVerdict } from '../report/terminal-table.ts';
import { verdicts } from '../report/verdict.ts';
import { makeRun } from '../runner/make-run.ts';
import { type PlannedRun, planRuns } from '../runner/plan.ts';
import { runAll } from '../runner/run-all.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { loadDataSets } from './load-data-sets.ts';
import { ProgressLine } from './progress-line.ts';
import { RunLines } from './run-lines.ts';
import type { Terminal } from './terminal.ts';

export interface CompareOptions {
  readonly tasks?: readonly string[];
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  readonly engine?: EngineName;
  readonly data?: string;
  readonly backbone: string;
  readonly precision: Precision;
  readonly out: string;
  readonly fresh: boolean;
}

/** Makes the runs that are missing, then prints the comparison and writes the report. */
export async function compareCommand(options: CompareOptions, terminal: Terminal): Promise<void> {
  const { dataSets, experimentOf } = await loadDataSets(options.tasks, options.data);
  const runs = await planRuns({ ...options, dataSets, experimentOf });
  const engine = await useEngine({
    ...(options.engine ? { engine: options.engine } : {}),
    onMessage: (line) => terminal.error(`${line}\n`),
  });
  const records = await makeRuns(runs, options, engine, terminal);
  const summaries = summarize(records);
  terminal.write(`\n${terminalTable(summaries)}\n${terminalVerdict(verdicts(summaries))}`);
  const report = join(resolve(options.out), 'report.html');
  await writeFileAtomically(report, await reportPage(summaries, engine.message));
  terminal.write(`\nReport: ${report}\n`);
}

async function makeRuns(
  runs: readonly PlannedRun[],
  { backbone: source, precision, out, fresh }: CompareOptions,
  engine: Awaited<ReturnType<typeof useEngine>>,
  terminal: Terminal,
): Promise<RunRecord[]> {
  using backbone = await loadBackbone(source, { precision });
  using interrupt = interruptSignal(() =>
    terminal.error('\nStopping after this step. Ctrl-C again stops at once.\n'),
  );
  const store = new RecordStore(resolve(out));
  const listener = new RunLines(runs.length, new ProgressLine(terminal));
  const context = { backbone, engine, signal: interrupt.signal };
  try {
    return await runAll(runs, { context, store, fresh, makeRun, listener });
  } catch (error) {
    listener.clear();
    if (interrupt.signal.aborted) {
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
