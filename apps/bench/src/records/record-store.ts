import { join } from 'node:path';
import { fingerprint } from './fingerprint.ts';
import { readRecord } from './read-record.ts';
import { type RunIdentity, type RunRecord, runRecordSchema } from './run-record.ts';
import { taskFolder } from './task-folder.ts';
import { writeFileAtomically } from './write-file.ts';

/** The outcomes of runs, one file each: `<task>/<method>--<seed>.json`. */
export class RecordStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
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

  fileOf({ task, method, seed }: Pick<RunIdentity, 'task' | 'method' | 'seed'>): string {
    return join(this.folder, taskFolder(task), `${method}--${seed}.json`);
  }
}
