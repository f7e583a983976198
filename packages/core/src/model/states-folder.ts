import * as tf from '@tensorflow/tfjs';
import { parseSafetensors } from '../backbone/weights/parse-safetensors.ts';
import { toFloat32 } from '../backbone/weights/stored-tensor.ts';
import { writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { isPtlError, PtlError } from '../contract/errors.ts';
import { nodeFiles } from '../files/node-files.ts';
import { readBytes } from '../files/read-file.ts';
import { removeQuietly } from '../files/recover-folder.ts';
import { sha256 } from '../files/sha256.ts';
import { describeSystemError } from '../files/system-error.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import { type FrozenPart, keyOfRow, type RowStates, sizeOfRow } from './row-states.ts';

const name = 'states';

/**
 * A folder of hidden states, one file for each group of rows.
 *
 * A file is named by a hash of everything that its numbers depend on: the weights, where the model is
 * cut, where positions start, the engine, and the rows. What does not fit is so never found, and
 * folders can be shared by runs and models.
 */
export class StatesFolder {
  readonly #folder: string;
  readonly #part: FrozenPart;
  /** Positions by which a prefix moves the tokens on. */
  readonly #offset: number;

  constructor(folder: string, part: FrozenPart, offset: number) {
    this.#folder = folder;
    this.#part = part;
    this.#offset = offset;
  }

  /** The states of a group; undefined where there is no file, or a damaged one. */
  async read(rows: readonly EncodedRow[]): Promise<RowStates[] | undefined> {
    const file = await this.#fileOf(rows);
    try {
      const stored = parseSafetensors(await readBytes(file), file).tensors.get(name);
      const values = stored ? toFloat32(stored) : new Float32Array();
      const sizes = rows.map((row) => sizeOfRow(this.#part, row));
      if (values.length !== sizes.reduce((sum, size) => sum + size, 0)) return undefined;
      let end = 0;
      return sizes.map((size) => {
        end += size;
        return values.subarray(end - size, end);
      });
    } catch (error) {
      if (isPtlError(error, 'FILE_NOT_FOUND') || isPtlError(error, 'FILE_INVALID'))
        return undefined;
      throw error;
    }
  }

  /**
   * Written beside its place and renamed, so that no half of a file is ever read.
   *
   * @throws {@link PtlError} `FILE_WRITE_FAILED`.
   */
  async write(rows: readonly EncodedRow[], states: readonly RowStates[]): Promise<void> {
    const node = await nodeFiles();
    const { fs, path } = node;
    const file = await this.#fileOf(rows);
    const data = new Float32Array(states.reduce((sum, { length }) => sum + length, 0));
    let start = 0;
    for (const ofRow of states) {
      data.set(ofRow, start);
      start += ofRow.length;
    }
    const { hiddenSize } = this.#part.parts.backbone.geometry;
    const shape = [data.length / hiddenSize, hiddenSize];
    const fresh = `${file}.${crypto.randomUUID()}`;
    try {
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(fresh, writeSafetensors([{ name, shape, data }]));
      await fs.rename(fresh, file);
    } catch (error) {
      await removeQuietly(node, fresh);
      const reason = describeSystemError(error);
      const message = `"${file}" cannot be written: ${reason}.`;
      throw new PtlError('FILE_WRITE_FAILED', message, { file, reason }, { cause: error });
    }
  }

  async #fileOf(rows: readonly EncodedRow[]): Promise<string> {
    const { parts, layer } = this.#part;
    const { path } = await nodeFiles();
    const hash = await sha256(
      JSON.stringify({
        backbone: parts.backbone.fingerprint,
        precision: parts.backbone.precision,
        engine: tf.getBackend(),
        layer,
        reads: parts.head.reads,
        offset: this.#offset,
        rows: rows.map(keyOfRow),
      }),
    );
    return path.join(this.#folder, `${hash}.safetensors`);
  }
}
