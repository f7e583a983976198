import type { TrainEvent } from './train-event.ts';

/** Someone who is told of every event and may need time afterwards to write it down. */
export interface Observer {
  handle(event: TrainEvent): void;
  /** Writes what was only noted. Called before a checkpoint is taken. */
  flush?(): Promise<void>;
  close?(): void | Promise<void>;
}
