import { type RunShare, runShare } from '../runner/run-share.ts';

/** Names the folder that the processes of one call share. */
export const shareVariable = 'PTL_BENCH_SHARE';

/**
 * What this process makes of the runs of a call that several processes work on; none if it is not one
 * of them. It ends with the process that started it.
 */
export function jobShare(): RunShare | undefined {
  const folder = process.env[shareVariable];
  if (!folder) return undefined;
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref();
  return runShare(folder);
}
