import { spawn } from 'node:child_process';
import { root } from '../workspace/root.mjs';

const running = new Set();
const interrupts = ['SIGHUP', 'SIGINT', 'SIGTERM'];
const patienceMs = 3000;
let interrupted = false;

/**
 * Runs a program to its end and returns `{ code, output }`: the exit code (1 if it could not start or a signal ended
 * it) and stdout and stderr in the order they came, unless `inherit` lets them through.
 *
 * The child leads a process group of its own, so that an interrupt can end all of what it started.
 */
export function runChild(command, args, { cwd = root, env = process.env, onLine, inherit } = {}) {
  const channel = inherit ? 'inherit' : 'pipe';
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', channel, channel],
    });
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        chunks.push(chunk);
        onLine?.(lastLine(chunk));
      });
    }
    const finish = (code) => {
      running.delete(child);
      // After an interrupt nobody goes on: the process ends as soon as its children have.
      if (!interrupted) resolve({ code: code ?? 1, output: chunks.join('') });
    };
    child.on('error', (error) => {
      chunks.push(`${command}: ${error.message}\n`);
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

function lastLine(chunk) {
  return (
    chunk
      .trimEnd()
      .split(/[\r\n]+/)
      .at(-1) ?? ''
  );
}
