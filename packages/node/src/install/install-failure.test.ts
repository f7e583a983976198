import { expect, test } from 'vitest';
import { describeFailure, installFailure } from './install-failure.ts';

test.each<[unknown, string]>([
  [
    Object.assign(new Error('ENOSPC: x'), { code: 'ENOSPC', path: '/c/f' }),
    'the disk is full (/c/f)',
  ],
  [Object.assign(new Error('EROFS: x'), { code: 'EROFS' }), 'the file system is read-only'],
  [
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
    'the host name is not known: is there a network?',
  ],
  [new Error('first line\nsecond line'), 'first line'],
  [installFailure('check', 'it is incomplete'), 'it is incomplete'],
  ['a string', 'a string'],
])('%o is told as "%s"', (error, reason) => {
  expect(describeFailure(error)).toBe(reason);
});
