import { PtlError } from '../../contract/errors.ts';
import { sha256 } from '../../files/sha256.ts';
import { writeFolderAtomically } from '../../files/write-folder.ts';
import type { Interval } from '../options/train-options.ts';
import type { RunState } from '../run-state.ts';
import { type Fingerprint, fingerprintDifferences } from './fingerprint.ts';
import { readState } from './read-state.ts';
import { stateFile, tensorsFile } from './state-files.ts';
import { formatStateJson } from './state-json.ts';
import { formatStateTensors, misfit, type StateTensors } from './state-tensors.ts';

/** A run at one moment between two steps. */
export interface Snapshot extends StateTensors {
  readonly state: RunState;
}

/** The shapes that a snapshot must have. */
type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** The folder in which a run is kept, and when. */
export class Checkpoint {
  readonly folder: string;
  readonly every: Interval;
  readonly #fingerprint: Fingerprint;

  constructor(folder: string, every: Interval, fingerprint: Fingerprint) {
    this.folder = folder;
    this.every = every;
    this.#fingerprint = fingerprint;
  }

  /**
   * Replaces the folder by the files of the folded model and the state.
   *
   * @throws {@link PtlError} `FILE_WRITE_FAILED`; the checkpoint before is intact.
   */
  async save(files: ReadonlyMap<string, Uint8Array | string>, snapshot: Snapshot): Promise<void> {
    const tensors = formatStateTensors(snapshot);
    const content = formatStateJson({
      formatVersion: 1,
      state: snapshot.state,
      fingerprint: this.#fingerprint,
      tensors: await sha256(tensors),
    });
    const all = new Map([...files, [tensorsFile, tensors], [stateFile, content]]);
    await writeFolderAtomically(this.folder, all);
  }

  /**
   * Reads the last snapshot and checks that it belongs to this run.
   *
   * @returns Null where there is no folder, or an empty one.
   * @throws {@link PtlError} `CHECKPOINT_INVALID`, saying what is damaged or differs.
   */
  async load(variables: Shapes, moments: Shapes): Promise<Snapshot | null> {
    const stored = await readState(this.folder);
    if (!stored) return null;
    const { fingerprint, snapshot } = stored;
    const differing = fingerprintDifferences(fingerprint, this.#fingerprint);
    if (differing.length > 0) {
      const reason = `it was started with other data or options: ${differing.join('; ')}`;
      const message = `The run in "${this.folder}" cannot be resumed: ${reason}.`;
      throw new PtlError('CHECKPOINT_INVALID', message, { folder: this.folder, reason });
    }
    const problem =
      misfit(snapshot.variables, variables) ??
      misfit(snapshot.moments, moments) ??
      (snapshot.best ? misfit(snapshot.best, variables) : undefined);
    if (problem === undefined) return snapshot;
    const message = `The run in "${this.folder}" cannot be resumed: ${problem}.`;
    throw new PtlError('CHECKPOINT_INVALID', message, { folder: this.folder, reason: problem });
  }
}
