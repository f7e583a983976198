import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stampDirectory } from '../setup/stamp.mjs';
import { runChild } from '../terminal/run-child.mjs';
import { root } from '../workspace/root.mjs';

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

/**
 * Counts a vitest report. A file that could not be collected has no test that failed and counts as one; so does a run
 * that failed for a reason outside of any test: a crash, an unhandled rejection, no test at all.
 */
export function countTests(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0, names: ['vitest gave no report'] };
  const files = report.testResults ?? [];
  const names = files.flatMap(failuresOf);
  if (exitCode !== 0 && names.length === 0) names.push('vitest failed outside of its tests');
  return {
    passed: report.numPassedTests,
    failed: names.length,
    skipped: report.numPendingTests + report.numTodoTests,
    names,
  };
}

function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [`${file}: ${message.split('\n')[0]}`];
  return failed.map((test) => `${file}: ${test.fullName}`);
}

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return undefined;
  }
}
