import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

test.each([
  [{ PTL_CACHE: '/own', XDG_CACHE_HOME: '/xdg' }, 'linux', '/own'],
  [{ XDG_CACHE_HOME: '/xdg' }, 'linux', join('/xdg', 'ptl')],
  [{}, 'linux', join(homedir(), '.cache', 'ptl')],
  [{}, 'darwin', join(homedir(), 'Library', 'Caches', 'ptl')],
])('the cache folder for %o on %s is %s', (env, platform, folder) => {
  expect(cacheFolder(env, platform)).toBe(folder);
});
