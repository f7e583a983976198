import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from '../workspace/root.mjs';

const running = new Set();
const interrupts = ['SIGHUP', 'SIGINT', 'SIGTERM'];
const patienceMs = 3000;
let interrupted = false;

/**
 * Runs a program to its end and returns `{ code, output }`: the exit code (1 if it could not start or a signal ended
 * it) and stdout and stderr in the order they came. `onLine` hears each line as it is finished.
 *
 * The child leads a process group of its own, so that an interrupt can end all of what it started.
 */
export function runChild(
  command,
  args,
  { cwd = root, env = process.env, onLine = (_line) => {} } = {},
) {
  return new Promise((resolve) => {
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env, detached: true, stdio });
    const output = [];
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => output.push(text));
      // Progress that redraws one line ends it with a carriage return, which counts as a line here too.
      createInterface({ input: stream }).on('line', onLine);
    }
    const finish = (code) => {
      running.delete(child);
      // After an interrupt nobody goes on: the process ends as soon as its children have.
      if (!interrupted) resolve({ code: code ?? 1, output: output.join('') });
    };
    child.on('error', (error) => {
      output.push(`${command}: ${error.message}\n`);
      finish(1);
    });
    child.on('close', finish);
  });
}

/**
 * From now on an interrupt ends every running child with all it started, then this process. Call the result to leave
 * interrupts alone again.
 */
export function endChildrenOnInterrupt() {
  const onSignal = (_signal, number) => {
    // Asked twice: no more patience.
    signalChildren(interrupted ? 'SIGKILL' : 'SIGTERM');
    if (interrupted) process.exit(128 + number);
    interrupted = true;
    endWithChildren(128 + number);
  };
  for (const signal of interrupts) process.on(signal, onSignal);
  return () => {
    for (const signal of interrupts) process.off(signal, onSignal);
  };
}

function endWithChildren(code) {
  const deadline = performance.now() + patienceMs;
  setInterval(() => {
    if (running.size > 0 && performance.now() < deadline) return;
    signalChildren('SIGKILL');
    process.stderr.write('\nInterrupted. The next call goes on from here.\n');
    process.exit(code);
  }, 50);
}

function signalChildren(signal) {
  for (const child of running) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has just ended by itself.
    }
  }
}
