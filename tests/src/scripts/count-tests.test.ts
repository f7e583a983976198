import { describe, expect, it } from 'vitest';
import { countTests } from '../../../scripts/test/count-tests.mjs';

const passedFile = {
  name: '/repo/a.test.ts',
  status: 'passed',
  message: '',
  assertionResults: [{ status: 'passed', fullName: 'a holds' }],
};
const report = {
  numPassedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [passedFile],
};

describe('counting a vitest report', () => {
  it('takes the numbers of a run in which all passed', () => {
    expect(countTests(report, 0)).toMatchObject({ passed: 1, failed: 0, skipped: 3 });
  });

  it('names each test that failed', () => {
    const failed = { status: 'failed', fullName: 'b holds' };
    const file = { ...passedFile, status: 'failed', assertionResults: [failed] };
    const counts = countTests({ ...report, testResults: [passedFile, file] }, 1);
    expect(counts.failed).toBe(1);
    expect(counts.names[0]).toContain('b holds');
  });

  it('counts a file that could not be collected as one failure', () => {
    const file = {
      ...passedFile,
      status: 'failed',
      message: 'no such module\n',
      assertionResults: [],
    };
    const counts = countTests({ ...report, testResults: [file] }, 1);
    expect(counts.failed).toBe(1);
    expect(counts.names[0]).toContain('no such module');
  });

  it('counts a failure outside of any test', () => {
    expect(countTests(report, 1).failed).toBe(1);
  });

  it('counts a run that left no report as one failure', () => {
    expect(countTests(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});
