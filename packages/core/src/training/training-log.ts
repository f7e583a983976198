import { nodeFiles } from '../files/node-files.ts';
import type { TrainEvent } from './events.ts';

/** Writes curves; `@ptl/node` makes one that TensorBoard reads. */
export interface ScalarWriter {
  scalar(name: string, value: number, step: number): void;
  close(): void;
}

export interface TrainingLog {
  /** File to which each event is appended as a line of JSON. */
  readonly jsonl?: string;
  readonly tensorBoard?: ScalarWriter;
}

/** Writes events to the logs that were asked for. Lines are written in order. */
export class LogWriter {
  readonly #log: TrainingLog;
  #pending: Promise<void> = Promise.resolve();

  constructor(log: TrainingLog) {
    this.#log = log;
  }

  write(event: TrainEvent): void {
    const { jsonl, tensorBoard } = this.#log;
    if (jsonl !== undefined) this.#append(jsonl, `${JSON.stringify(event)}\n`);
    if (tensorBoard) writeScalars(tensorBoard, event);
  }

  /** Resolves when all lines are on disk; rejects if one could not be written. */
  async close(): Promise<void> {
    this.#log.tensorBoard?.close();
    await this.#pending;
  }

  #append(path: string, line: string): void {
    this.#pending = this.#pending.then(async () => {
      const { fs } = await nodeFiles();
      await fs.appendFile(path, line);
    });
    // Reported by close; until then it must not count as unhandled.
    this.#pending.catch(() => undefined);
  }
}

function writeScalars(writer: ScalarWriter, event: TrainEvent): void {
  if (event.type === 'step') {
    writer.scalar('train/loss', event.loss, event.step);
    writer.scalar('train/gradient_norm', event.gradientNorm, event.step);
    writer.scalar('train/learning_rate', event.learningRate, event.step);
  }
  if (event.type !== 'evaluation') return;
  if (event.validationLoss !== null)
    writer.scalar('validation/loss', event.validationLoss, event.step);
  for (const [name, value] of Object.entries(event.scores)) {
    writer.scalar(`validation/${name}`, value, event.step);
  }
}
