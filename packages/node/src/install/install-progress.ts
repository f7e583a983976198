/** How far an install is. */
export interface InstallProgress {
  readonly stage: 'wait' | 'download' | 'extract' | 'compile' | 'check';
  /** Of the whole install, in `[0, 100]`. */
  readonly percent: number;
}

export type OnInstallProgress = (progress: InstallProgress) => void;

/** Where each stage begins and ends within the whole, in percent, by the time it takes on a usual machine. */
const spans = {
  wait: [0, 0],
  download: [0, 60],
  extract: [60, 75],
  compile: [75, 97],
  check: [97, 100],
} as const;

/** Turns the share of a stage that is done, in `[0, 1]`, into progress of the whole. */
export function progressAt(stage: InstallProgress['stage'], share: number): InstallProgress {
  const [begin, end] = spans[stage];
  return { stage, percent: Math.floor(begin + (end - begin) * Math.min(Math.max(share, 0), 1)) };
}
