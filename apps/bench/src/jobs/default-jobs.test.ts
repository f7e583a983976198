import { expect, it } from 'vitest';
import { defaultJobs } from './default-jobs.ts';

const gibibyte = 1024 ** 3;

it.each([
  ['as many as threads', 'cpu', 2, 64, 2],
  ['four at most', 'cpu', 16, 64, 4],
  ['fewer where memory is short', 'cpu', 4, 8, 2],
  ['one at least', 'cpu', 4, 1, 1],
  ['one on a GPU', 'gpu', 8, 64, 1],
] as const)('is %s', (_case, device, threads, memory, jobs) => {
  expect(defaultJobs({ device, threads }, memory * gibibyte)).toBe(jobs);
});
