/** Ends a check: prints what it found, one line each, and sets the exit code. */
export function reportProblems(problems) {
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
