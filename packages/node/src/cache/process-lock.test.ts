import { existsSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { withProcessLock } from './process-lock.ts';

/** Larger than any process id the system gives. */
const deadPid = 2 ** 30;

test('no two holders work at the same time', async () => {
  const file = await lockFile();
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await wait(20);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withProcessLock(file, work)));
  expect(most).toBe(1);
  expect(existsSync(file)).toBe(false);
});

test('the lock is given back when the work fails', async () => {
  const file = await lockFile();
  const failing = withProcessLock(file, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect(existsSync(file)).toBe(false);
});

test('the lock of a dead process is taken over at once', async () => {
  const file = await lockFile();
  await writeFile(file, JSON.stringify({ pid: deadPid, host: hostname() }));
  const owner = await withProcessLock(file, () => readFile(file, 'utf8'));
  expect(JSON.parse(owner)).toEqual({ pid: process.pid, host: hostname() });
});

test.each([
  ['of a living process', JSON.stringify({ pid: process.pid, host: hostname() })],
  ['of another machine', JSON.stringify({ pid: deadPid, host: 'another-machine' })],
  ['that is being written', ''],
])('a lock %s is waited for, and taken over after a minute of silence', async (_, text) => {
  const file = await lockFile();
  await writeFile(file, text);
  let waits = 0;
  let done = false;
  const result = withProcessLock(
    file,
    async () => {
      done = true;
    },
    () => {
      waits += 1;
    },
  );
  await wait(300);
  expect({ done, waits }).toEqual({ done: false, waits: 1 });
  const longAgo = new Date(Date.now() - 61_000);
  await utimes(file, longAgo, longAgo);
  await result;
  expect(done).toBe(true);
});

async function lockFile(): Promise<string> {
  return join(await temporaryFolder(), 'test.lock');
}
