import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { jobShare, shareVariable } from './job-share.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-share-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it('is none for a process that was started by itself', () => {
  vi.stubEnv(shareVariable, undefined);
  expect(jobShare()).toBeUndefined();
});

it('takes each run once, and ends with the process that started it', async () => {
  vi.stubEnv(shareVariable, folder);
  const others = process.listeners('disconnect');
  const share = jobShare();
  const [listener] = process.listeners('disconnect').filter((each) => !others.includes(each));
  expect(await share?.take('one')).toBe(true);
  expect(await share?.take('one')).toBe(false);
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('it ends');
  });
  expect(listener).toThrow('it ends');
  expect(exit).toHaveBeenCalledWith(1);
  if (listener) process.off('disconnect', listener);
});
