import { startProgress } from '../terminal/progress.mjs';
import { runChild } from '../terminal/run-child.mjs';

/**
 * Runs gates one after the other, each a program that must exit with 0, and counts them. What a failed one printed is
 * shown in full.
 */
export async function runGates(gates, env) {
  const names = [];
  for (const gate of gates) {
    if (!(await runGate(gate, env))) names.push(gate.name);
  }
  return { passed: gates.length - names.length, failed: names.length, skipped: 0, names };
}

async function runGate({ name, command, cwd }, env) {
  const progress = startProgress(process.stderr, name, { announce: false });
  const [program, args] = command;
  const { code, output } = await runChild(program, args, { cwd, env, onLine: progress.say });
  progress.end(code === 0);
  if (code !== 0) process.stderr.write(`\n${output.trimEnd()}\n\n`);
  return code === 0;
}
