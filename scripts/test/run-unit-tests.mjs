import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stampDirectory } from '../setup/stamp.mjs';
import { runChild } from '../terminal/run-child.mjs';
import { countTests } from './count-tests.mjs';

const reportFile = join(stampDirectory, 'vitest.json');

/** Runs vitest over all projects, its own output on the terminal, and counts its tests from its JSON report. */
export async function runUnitTests(env, filters) {
  mkdirSync(stampDirectory, { recursive: true });
  rmSync(reportFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const { code } = await runChild('vitest', ['run', ...reporters, ...filters], {
    env,
    inherit: true,
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
