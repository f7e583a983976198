import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stampDirectory } from '../setup/stamp.mjs';
import { runChild } from '../terminal/run-child.mjs';
import { countTests } from './count-tests.mjs';

/** Lines that vitest always prints and that ask for nothing. */
const noise = [
  'Testing types with tsc and vue-tsc is an experimental feature',
  'please pin Vitest',
  'JSON report written to',
];
const reportFile = join(stampDirectory, 'vitest.json');

/** Runs vitest over all projects, its own output on the terminal, and counts its tests from its JSON report. */
export async function runUnitTests(env, filters) {
  mkdirSync(stampDirectory, { recursive: true });
  rmSync(reportFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const { code } = await runChild('vitest', ['run', ...reporters, ...filters], {
    env: process.stdout.isTTY ? { ...env, FORCE_COLOR: '1' } : env,
    onLine: (line) =>
      noise.some((text) => line.includes(text)) || process.stdout.write(`${line}\n`),
  });
  return countTests(readReport(), code);
}

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return undefined;
  }
}
