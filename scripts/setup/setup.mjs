import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startProgress } from '../terminal/progress.mjs';
import { runChild } from '../terminal/run-child.mjs';
import { root } from '../workspace/root.mjs';
import { findPnpmDirectory, knownPnpmDirectory } from './pnpm-directory.mjs';
import { hashInputs, isStamped, removeStamp, writeStamp } from './stamp.mjs';
import { setupSteps } from './steps.mjs';
import { toolEnvironment } from './tool-environment.mjs';

/**
 * Runs the steps that something has changed for, and tells on stderr what it does. Returns the environment in which
 * the workspace's tools run, and the name of the step that failed, if one did: its whole output has then been shown.
 * Steps after `lastStep` are left for a call that needs them.
 */
export async function setUp(lastStep = 'engine') {
  const pnpm = knownPnpmDirectory() ?? (await fetchPnpm());
  if (!pnpm) return { failed: 'pnpm' };
  const env = toolEnvironment(pnpm);
  for (const step of setupSteps(lastStep)) {
    const hash = hashInputs(step.files, step.facts);
    if (isStamped(step.name, hash) && step.outputs.every(isPresent)) continue;
    removeStamp(step.name);
    const succeeded = await runStep(step, env);
    if (succeeded) writeStamp(step.name, hash);
    else if (!step.optional) return { env, failed: step.name };
  }
  return { env };
}

async function fetchPnpm() {
  const progress = startProgress(process.stderr, 'Fetch pnpm');
  try {
    const directory = await findPnpmDirectory();
    progress.end(true);
    return directory;
  } catch (error) {
    progress.end(false);
    const reason = (error.stderr || error.message).trimEnd();
    process.stderr.write(`\nnpx could not fetch pnpm from the package registry:\n\n${reason}\n\n`);
    return undefined;
  }
}

async function runStep({ label, command: [command, args], tellsResult }, env) {
  const progress = startProgress(process.stderr, label);
  const { code, output } = await runChild(command, args, { env, onLine: progress.say });
  const text = output.trimEnd();
  progress.end(code === 0, tellsResult && code === 0 ? text.split(/[\r\n]+/).at(-1) : '');
  if (code !== 0) process.stderr.write(`\n${text}\n\n`);
  return code === 0;
}

function isPresent(path) {
  return existsSync(join(root, path));
}
