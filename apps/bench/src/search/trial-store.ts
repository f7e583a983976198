import { join } from 'node:path';
import { fingerprint } from '../records/fingerprint.ts';
import { readRecord } from '../records/read-record.ts';
import type { RunIdentity } from '../records/run-record.ts';
import { taskFolder } from '../records/task-folder.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import { type TrialRecord, trialRecordSchema } from './trial-record.ts';

/** The trainings of a search, one file each: `<task>/<method>--trials/<fingerprint>.json`. */
export class TrialStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The stored outcome of exactly this training, if there is one. */
  async find(identity: RunIdentity): Promise<TrialRecord | null> {
    const record = await readRecord(this.#fileOf(identity), trialRecordSchema);
    return record && fingerprint(record.identity) === fingerprint(identity) ? record : null;
  }

  /** @throws {@link PtlError} `FILE_WRITE_FAILED`. */
  async save(record: TrialRecord): Promise<void> {
    const text = `${JSON.stringify(record, null, 2)}\n`;
    await writeFileAtomically(this.#fileOf(record.identity), text);
  }

  #fileOf(identity: RunIdentity): string {
    const name = fingerprint(identity).slice(0, 16);
    const { task, method } = identity;
    return join(this.folder, taskFolder(task), `${method}--trials`, `${name}.json`);
  }
}
