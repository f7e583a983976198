import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What one of several processes makes of runs that all of them have before them. */
export interface RunShare {
  /** Whether this process makes a run, which no other one does from then on. */
  take(fingerprint: string): Promise<boolean>;
}

/** The processes agree by files in a folder of theirs: who writes a run's file first makes it. */
export function runShare(folder: string): RunShare {
  return {
    take: async (fingerprint) => {
      try {
        await writeFile(join(folder, fingerprint), '', { flag: 'wx' });
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      }
    },
  };
}
