import type { Terminal } from './terminal.ts';

/** Milliseconds between two lines where lines cannot be written over. */
const plainInterval = 20_000;
const liveInterval = 80;
const clearLine = '\r\u001b[K';

/** One line that tells how far something is: rewritten on a terminal, now and then a new one elsewhere. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #shownAt: number;
  #isShown = false;

  constructor(terminal: Terminal, now: () => number = Date.now) {
    this.#terminal = terminal;
    this.#now = now;
    this.#shownAt = now();
  }

  /** Shows a state that the next one replaces; not every state is shown. */
  update(text: string): void {
    const { isLive, columns } = this.#terminal;
    const interval = isLive ? liveInterval : plainInterval;
    if (this.#now() - this.#shownAt < interval) return;
    this.#shownAt = this.#now();
    this.#isShown = isLive;
    this.#terminal.error(isLive ? `${clearLine}${text.slice(0, columns - 1)}` : `${text}\n`);
  }

  /** Replaces what is shown by a line that stays. */
  finish(text: string): void {
    this.clear();
    this.#terminal.error(`${text}\n`);
    this.#shownAt = this.#now();
  }

  clear(): void {
    if (this.#isShown) this.#terminal.error(clearLine);
    this.#isShown = false;
  }
}
