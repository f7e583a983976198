import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where engines are kept: `PTL_CACHE`, else `ptl` in the user's cache folder. */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): string {
  if (env['PTL_CACHE']) return env['PTL_CACHE'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'ptl');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ptl');
  return join(homedir(), '.cache', 'ptl');
}
