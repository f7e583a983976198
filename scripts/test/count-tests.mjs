import { relative } from 'node:path';
import { root } from '../workspace/root.mjs';

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
