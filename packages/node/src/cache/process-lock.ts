import {
  constants,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const beatMs = 5_000;
const silentMs = 60_000;
const pollMs = 200;

interface Owner {
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs `work` while no other process that asks for the same lock file does. A lock whose owner is dead, or which has not
 * been touched for a minute, is taken over. `onWait` is called once if another process has to be waited for.
 */
export async function withProcessLock<Result>(
  file: string,
  work: () => Promise<Result>,
  onWait: () => void = () => {},
): Promise<Result> {
  await acquire(file, onWait);
  const beat = setInterval(() => void touch(file), beatMs);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function acquire(file: string, onWait: () => void): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  for (let polls = 0; !(await tryCreate(file)); polls += 1) {
    const stale = await staleText(file);
    if (stale !== undefined) {
      await takeAway(file, stale);
      continue;
    }
    if (polls === 0) onWait();
    await wait(pollMs);
  }
}

async function tryCreate(file: string): Promise<boolean> {
  const owner: Owner = { pid: process.pid, host: hostname() };
  try {
    await writeFile(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a lock that nobody holds any more; `undefined` if it is held or gone. */
async function staleText(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > silentMs) return text;
    const owner = parseOwner(text);
    // Without an owner it is being written at this moment, or its writer died then: the minute decides.
    return owner?.host === hostname() && !isRunning(owner.pid) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a stale lock by moving it aside first: of several waiters only one gets it, and one that moved a newer lock
 * by mistake puts it back.
 */
async function takeAway(file: string, stale: string): Promise<void> {
  const aside = `${file}.stale-${process.pid}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== stale)
      await copyFile(aside, file, constants.COPYFILE_EXCL);
  } catch {
    // Another waiter was faster.
  }
  await rm(aside, { force: true });
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value && 'host' in value)) return undefined;
    const { pid, host } = value;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => {});
}
