/** Where the command line writes to; replaced in tests. */
export interface Terminal {
  /** Results, to stdout. */
  write(text: string): void;
  /** Progress and problems, to stderr. */
  error(text: string): void;
  /** Whether a line on stderr can be written over. */
  readonly isLive: boolean;
  /** Characters that fit in a line. */
  readonly columns: number;
}

export const processTerminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isLive: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 100,
};
