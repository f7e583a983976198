import { join } from 'node:path';
import { fingerprint } from './fingerprint.ts';
import { readRecord } from './read-record.ts';
import { type RunIdentity, type RunRecord, runRecordSchema } from './run-record.ts';
import { taskFolder } from './task-folder.ts';
import { writeFileAtomically } from './write-file.ts';

/** How runs are told apart in the names of files: by their seed, or by all that decides them. */
export type RecordNames = 'by-seed' | 'by-fingerprint';

/**
 * The outcomes of runs, one file each: `<task>/<method>--<seed>.json`, or, where a method is run with
 * many settings, `<task>/<method>--<start of the fingerprint>.json`.
 */
export class RecordStore {
  readonly folder: string;
  readonly #names: RecordNames;

  constructor(folder: string, names: RecordNames = 'by-seed') {
    this.folder = folder;
    this.#names = names;
  }

  /**
   * The stored outcome of exactly this run, if there is one: a file from other settings, other
   * data or another version does not count, nor one that was edited into something else.
   */
  async find(identity: RunIdentity): Promise<RunRecord | null> {
    const record = await readRecord(this.fileOf(identity), runRecordSchema);
    return record?.fingerprint === fingerprint(identity) ? record : null;
  }

  /** @throws {@link PtlError} `FILE_WRITE_FAILED`. */
  async save(record: RunRecord): Promise<void> {
    await writeFileAtomically(this.fileOf(record.identity), `${JSON.stringify(record, null, 2)}\n`);
  }

  fileOf(identity: RunIdentity): string {
    const { task, method, seed } = identity;
    const variant = this.#names === 'by-seed' ? seed : fingerprint(identity).slice(0, 16);
    return join(this.folder, taskFolder(task), `${method}--${variant}.json`);
  }
}
