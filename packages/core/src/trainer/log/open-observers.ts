import { createDisplay } from '../display/create-display.ts';
import type { Observer } from '../observer.ts';
import type { TrainSettings } from '../options/train-settings.ts';
import type { TrainEvent } from '../train-event.ts';
import { JsonlLog } from './jsonl-log.ts';
import { tensorBoardLog } from './tensor-board-log.ts';

/** Everyone who follows a run, as one. */
export interface Observers extends AsyncDisposable {
  emit(event: TrainEvent): void;
  flush(): Promise<void>;
}

/**
 * @param step - The step that the run starts from; logs forget what came after it.
 * @throws {@link PtlError} `FILE_WRITE_FAILED` if a log cannot be written.
 */
export async function openObservers(settings: TrainSettings, step: number): Promise<Observers> {
  const { log, onEvent, progress, checkpoint } = settings;
  const all: Observer[] = [];
  if (onEvent) all.push({ handle: onEvent });
  const display = createDisplay(progress);
  if (display) all.push(display);
  if (log?.jsonl !== undefined) all.push(await JsonlLog.open(log.jsonl, step, checkpoint?.folder));
  if (log?.tensorBoard) all.push(tensorBoardLog(log.tensorBoard));

  async function flush(): Promise<void> {
    for (const observer of all) await observer.flush?.();
  }

  return {
    emit: (event) => {
      for (const observer of all) observer.handle(event);
    },
    flush,
    async [Symbol.asyncDispose]() {
      await flush();
      for (const observer of all) await observer.close?.();
    },
  };
}
