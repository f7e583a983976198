/** Where a command writes. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether a line on stderr can be rewritten in place. */
  readonly isLive: boolean;
}

export const processTerminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isLive: process.stderr.isTTY,
};
