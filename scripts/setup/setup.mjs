import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startProgress } from '../terminal/progress.mjs';
import { runChild } from '../terminal/run-child.mjs';
import { root } from '../workspace/root.mjs';
import { hashInputs, isStamped, removeStamp, writeStamp } from './stamp.mjs';
import { setupSteps } from './steps.mjs';
import { toolEnvironment } from './tool-environment.mjs';

/**
 * Runs the steps that something has changed for, and tells on stderr what it does. Returns the environment in which
 * the workspace's tools run, and the name of the step that failed, if one did: its whole output has then been shown.
 */
export async function setUp() {
  const env = await toolEnvironment().catch(tellMissingPnpm);
  if (!env) return { failed: 'pnpm' };
  for (const step of setupSteps()) {
    const hash = hashInputs(step.files, step.facts);
    if (isStamped(step.name, hash) && step.outputs.every(isPresent)) continue;
    removeStamp(step.name);
    if (!(await runStep(step, env))) return { env, failed: step.name };
    writeStamp(step.name, hash);
  }
  return { env };
}

async function runStep(step, env) {
  const progress = startProgress(process.stderr, step.label);
  const [command, args] = step.command;
  const { code, output } = await runChild(command, args, { env, onLine: progress.say });
  progress.end(code === 0);
  if (code !== 0) process.stderr.write(`\n${output.trimEnd()}\n\n`);
  return code === 0;
}

function tellMissingPnpm(error) {
  process.stderr.write(
    `✗ pnpm could not be had through npx:\n\n${error.stderr ?? error.message}\n`,
  );
}

function isPresent(path) {
  return existsSync(join(root, path));
}
