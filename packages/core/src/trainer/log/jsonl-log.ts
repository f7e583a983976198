import { PtlError } from '../../contract/errors.ts';
import { type NodeFiles, nodeFiles } from '../../files/node-files.ts';
import { exists, readText } from '../../files/read-file.ts';
import { describeSystemError } from '../../files/system-error.ts';
import type { Observer } from '../observer.ts';
import type { TrainEvent } from '../train-event.ts';

/** Lines that are noted before they are written on their own. */
const maximumPending = 200;

/** A file with one JSON object a line for each event. */
export class JsonlLog implements Observer {
  readonly #path: string;
  readonly #node: NodeFiles;
  #pending: string[] = [];
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, node: NodeFiles) {
    this.#path = path;
    this.#node = node;
  }

  /**
   * Opens a log for a run that starts from `step`: an older log is replaced, or where the run is
   * resumed keeps what happened up to that step.
   *
   * @param checkpoint - A folder that the log may not lie in, because it is replaced as a whole.
   * @throws {@link PtlError} `FILE_WRITE_FAILED`.
   */
  static async open(path: string, step: number, checkpoint?: string): Promise<JsonlLog> {
    const node = await nodeFiles();
    if (checkpoint !== undefined && isWithin(node, path, checkpoint)) {
      throw failure(
        path,
        `it lies in the checkpoint "${checkpoint}", which is replaced as a whole`,
      );
    }
    try {
      const kept = step > 0 && (await exists(path)) ? linesUpTo(step, await readText(path)) : [];
      await node.fs.mkdir(node.path.dirname(path), { recursive: true });
      await node.fs.writeFile(path, kept.map((line) => `${line}\n`).join(''));
    } catch (error) {
      throw failure(path, describeSystemError(error), error);
    }
    return new JsonlLog(path, node);
  }

  handle(event: TrainEvent): void {
    this.#pending.push(`${JSON.stringify(event)}\n`);
    if (this.#pending.length >= maximumPending) void this.#write();
  }

  /** @throws {@link PtlError} `FILE_WRITE_FAILED`. */
  flush(): Promise<void> {
    return this.#write();
  }

  #write(): Promise<void> {
    const text = this.#pending.join('');
    this.#pending = [];
    this.#written = this.#written.then(() => this.#append(text));
    // A failure is met by whoever flushes next.
    this.#written.catch(() => {});
    return this.#written;
  }

  async #append(text: string): Promise<void> {
    if (text === '') return;
    try {
      await this.#node.fs.appendFile(this.#path, text);
    } catch (error) {
      throw failure(this.#path, describeSystemError(error), error);
    }
  }
}

/** The whole lines of an older log that a resumed run will not write again. */
function linesUpTo(step: number, text: string): string[] {
  return text.split('\n').filter((line) => {
    try {
      const event: unknown = JSON.parse(line);
      if (typeof event !== 'object' || event === null || !('step' in event)) return false;
      return typeof event.step === 'number' && event.step <= step;
    } catch {
      return false;
    }
  });
}

function isWithin({ path }: NodeFiles, file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}

function failure(file: string, reason: string, cause?: unknown): PtlError<'FILE_WRITE_FAILED'> {
  const message = `The log "${file}" cannot be written: ${reason}.`;
  return new PtlError('FILE_WRITE_FAILED', message, { file, reason }, { cause });
}
