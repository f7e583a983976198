import type { Observer } from '../observer.ts';
import { ProgressBar } from './progress-bar.ts';
import { progressLines } from './progress-lines.ts';

/** The part of a terminal, or of a file in its place, that progress is written to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** @returns Undefined where nothing is to be shown, or there is no standard error to show it on. */
export function createDisplay(
  kind: 'auto' | 'bar' | 'lines' | 'none',
  // Browsers have no `process`.
  output: Output | undefined = globalThis.process?.stderr,
): Observer | undefined {
  if (!output || kind === 'none') return undefined;
  const isBar = kind === 'bar' || (kind === 'auto' && output.isTTY === true);
  return isBar ? new ProgressBar(output) : progressLines(output);
}
