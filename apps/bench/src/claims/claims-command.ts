import { join, resolve } from 'node:path';
import { defaultBackbone } from '@ptl/core';
import type { EngineReport } from '@ptl/node';
import { Command, type Option } from 'commander';
import { defaultRunsFolder } from '../bench-folder.ts';
import { atLeast } from '../cli/at-least.ts';
import { parseNames, parseSeeds } from '../cli/list-option.ts';
import { type ContextOptions, openContext } from '../cli/open-context.ts';
import type { Terminal } from '../cli/terminal.ts';
import { defaultJobs } from '../jobs/default-jobs.ts';
import { jobShare } from '../jobs/job-share.ts';
import { runJobs } from '../jobs/run-jobs.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { claims } from './catalog/claims.ts';
import { chooseClaims } from './choose-claims.ts';
import type { ClaimResult } from './claim-result.ts';
import { claimsMarkdown } from './report/claims-markdown.ts';
import { claimsPage } from './report/claims-page.ts';
import { claimsText } from './report/claims-text.ts';
import { countVerdicts } from './report/count-verdicts.ts';
import { requireSeeds } from './require-seeds.ts';
import { tryOnBackbones } from './try-on-backbones.ts';

interface ClaimsOptions extends Omit<ContextOptions, 'precision'> {
  readonly quick: boolean;
  readonly only?: readonly string[];
  readonly seeds?: readonly number[];
  readonly list?: boolean;
  readonly out: string;
  readonly fresh: boolean;
  readonly jobs?: number;
}

const quickSeeds = [0, 1, 2, 3, 4, 5];
const fullSeeds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The command `claims`. */
export function claimsCommand(terminal: Terminal, engineOption: Option): Command {
  return new Command('claims')
    .description('tries what is taught of the methods, one claim after the other, and judges each')
    .option('--quick', 'less data and six seeds in place of ten', false)
    .option('--only <ids>', 'claims by id, separated by commas; --list shows them', parseNames)
    .option('--seeds <numbers>', 'one pair of runs for each seed', parseSeeds)
    .addOption(engineOption)
    .option('--backbone <source>', 'folder, npm package or hub id of an encoder', defaultBackbone)
    .option(
      '--out <folder>',
      'where records, claims.json, claims.html and claims.md go',
      join(defaultRunsFolder, 'claims'),
    )
    .option(
      '--jobs <count>',
      'runs at once, each in a process of its own; as many as threads and memory allow, up to four, if absent',
      atLeast(1),
    )
    .option('--fresh', 'make every run again, also those that are stored', false)
    .option('--list', 'show the claims there are, and do nothing')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .action((options: ClaimsOptions) =>
      options.list ? listClaims(terminal) : runClaims(options, terminal),
    );
}

function listClaims(terminal: Terminal): void {
  const width = Math.max(...claims.map(({ id }) => id.length)) + 2;
  for (const { id, statement } of claims) terminal.write(`${id.padEnd(width)}${statement}\n`);
}

async function runClaims(options: ClaimsOptions, terminal: Terminal): Promise<void> {
  const chosen = chooseClaims(claims, options.only);
  const seeds = options.seeds ?? (options.quick ? quickSeeds : fullSeeds);
  requireSeeds(seeds);
  const share = jobShare();
  const told = share ? { ...terminal, error: () => {} } : terminal;
  using context = await openContext({ ...options, precision: 'float32' }, told);
  const size = options.quick ? 'quick' : 'full';
  const common = { ...options, size, seeds, context, terminal } as const;
  if (share) {
    await tryOnBackbones(chosen, { ...common, share, tellStored: false });
    return;
  }
  const wasShared = await makeShares(options, context, terminal);
  const rest = wasShared ? { fresh: false, tellStored: false } : {};
  const results = await tryOnBackbones(chosen, { ...common, ...rest });
  terminal.write(`\n${claimsText(results)}\n${countVerdicts(results)}\n`);
  await writePages(results, options, madeWith(context.engine, seeds));
  terminal.write(`Report: ${join(resolve(options.out), 'claims.html')}\n`);
}

/** Has several processes make the runs, if there are to be several. */
async function makeShares(
  { jobs: asked, fresh }: ClaimsOptions,
  { engine, signal }: BenchContext,
  terminal: Terminal,
): Promise<boolean> {
  const jobs = asked ?? defaultJobs(engine);
  if (jobs === 1) return false;
  terminal.error(`${jobs} runs at once.\n`);
  const onLine = (line: string) => terminal.error(`${line}\n`);
  await runJobs({ jobs, threads: engine.threads, signal, fresh, onLine });
  return true;
}

/** `claims.json`, `claims.html` and `claims.md`. */
async function writePages(
  results: readonly ClaimResult[],
  { out, quick }: ClaimsOptions,
  made: string,
): Promise<void> {
  const command = `npm run bench -- claims${quick ? ' --quick' : ''}`;
  const pages = {
    'claims.json': `${JSON.stringify(results, null, 2)}\n`,
    'claims.html': await claimsPage(results, made),
    'claims.md': claimsMarkdown(results, command, made),
  };
  for (const [name, content] of Object.entries(pages)) {
    await writeFileAtomically(join(resolve(out), name), content);
  }
}

function madeWith({ engine, version, threads }: EngineReport, seeds: readonly number[]): string {
  const day = new Date().toISOString().slice(0, 10);
  return `${seeds.length} seeds, ${engine} ${version} on ${threads} threads, ${day}.`;
}
