import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type JobsOptions, runJobs } from './run-jobs.ts';

/** What a job tells of itself: its folder, its threads, and the fate of an interrupt. */
const tellFacts =
  'console.error([process.env.PTL_BENCH_SHARE, process.env.TF_NUM_INTRAOP_THREADS].join(" "))';
const waitForInterrupt = `
  process.on("SIGINT", () => { console.error("interrupted"); process.exit(130); });
  setInterval(() => {}, 1000);
  console.error("waiting")`;

async function linesOf(program: string, rest: Partial<JobsOptions> = {}) {
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const signal = new AbortController().signal;
  const call = ['--eval', program];
  await runJobs({ jobs: 2, threads: 5, call, signal, fresh: false, onLine, ...rest });
  return lines;
}

it('gives all jobs one folder, which is gone afterwards, and each its part of the threads', async () => {
  const [one, other, ...more] = await linesOf(tellFacts);
  expect(one).toBe(other);
  expect(more).toEqual([]);
  const [folder, threads] = (one ?? '').split(' ');
  expect(threads).toBe('2');
  expect(existsSync(folder ?? '')).toBe(false);
});

it('leaves what a failed job did not do to the caller', async () => {
  await expect(linesOf('console.error("no"); process.exit(1)')).resolves.toEqual(['no', 'no']);
});

it('passes an interrupt on once, waits, and says how to go on', async () => {
  const controller = new AbortController();
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (lines.filter((told) => told === 'waiting').length === 2) controller.abort();
  };
  const running = linesOf(waitForInterrupt, { signal: controller.signal, fresh: true, onLine });
  await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
  expect(lines).toEqual([
    ...['waiting', 'waiting', 'interrupted', 'interrupted'],
    'Stopped; what is finished is stored. The same command without --fresh goes on from there.',
  ]);
});
