/** Where downloads are kept: `PTL_CACHE`, else `ptl` in the user's cache folder. */
export async function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): Promise<string> {
  const [{ homedir }, { join }] = await Promise.all([import('node:os'), import('node:path')]);
  const { PTL_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own) return own;
  if (shared) return join(shared, 'ptl');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ptl');
  return join(homedir(), '.cache', 'ptl');
}
