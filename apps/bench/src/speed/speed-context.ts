import type { Backbone, Precision } from '@ptl/core';
import type { PeftProcess } from './peft-process.ts';
import type { BackboneSizes } from './work.ts';

/** What the parts of the measurements share. */
export interface SpeedContext {
  /** Where the backbone comes from. */
  readonly source: string;
  /** In float32. */
  readonly backbone: Backbone;
  /** Loaded when it is first asked for; null where the engine does not have the precision. */
  backboneIn(precision: Precision): Promise<Backbone | null>;
  readonly sizes: BackboneSizes;
  /** The peer, where there is one; and the program it runs in. */
  readonly peft: PeftProcess | null;
  readonly python: string | null;
  /** Whether to measure the smallest of each part only. */
  readonly isQuick: boolean;
  /** A data folder to take sentences from; the built-in ones if null. */
  readonly data: string | null;
  /** Tells what is being done. */
  say(line: string): void;
}
