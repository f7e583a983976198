/** Where the command line writes to; replaced in tests. */
export interface Terminal {
  /** Results, to stdout. */
  write(text: string): void;
  /** Progress and problems, to stderr. */
  error(text: string): void;
}

export const processTerminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};
