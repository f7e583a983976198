import { isPtlError, PtlError } from '../../contract/errors.ts';
import { nodeFiles } from '../../files/node-files.ts';
import { exists, readBytes, readJson } from '../../files/read-file.ts';
import { recoverFolder } from '../../files/recover-folder.ts';
import { sha256 } from '../../files/sha256.ts';
import type { Snapshot } from './checkpoint.ts';
import type { Fingerprint } from './fingerprint.ts';
import { stateFile, tensorsFile } from './state-files.ts';
import { parseStateJson } from './state-json.ts';
import { parseStateTensors } from './state-tensors.ts';

/**
 * Reads the state of a run, whatever run it is.
 *
 * @returns Null where there is no folder, or an empty one.
 * @throws {@link PtlError} `CHECKPOINT_INVALID` if a file is missing, damaged, or not of the others.
 */
export async function readState(
  folder: string,
): Promise<{ fingerprint: Fingerprint; snapshot: Snapshot } | null> {
  const { fs, path } = await nodeFiles();
  await recoverFolder(folder);
  if (!(await exists(folder)) || (await fs.readdir(folder)).length === 0) return null;
  try {
    const parsed = parseStateJson(await readJson(path.join(folder, stateFile)));
    if ('problem' in parsed) throw invalid(folder, `"${stateFile}" holds ${parsed.problem}`);
    const { state, fingerprint, tensors } = parsed.content;
    const bytes = await readBytes(path.join(folder, tensorsFile));
    if ((await sha256(bytes)) !== tensors) {
      throw invalid(folder, `"${tensorsFile}" is damaged: it is not what "${stateFile}" names`);
    }
    return { fingerprint, snapshot: { state, ...parseStateTensors(bytes, tensorsFile) } };
  } catch (error) {
    throw explain(folder, error);
  }
}

function explain(folder: string, error: unknown): unknown {
  if (isPtlError(error, 'FILE_NOT_FOUND')) {
    const missing = error.details.file;
    return invalid(folder, `it has no "${missing}"; a model that was only saved has none`, error);
  }
  if (isPtlError(error, 'FILE_INVALID')) return invalid(folder, error.details.reason, error);
  return error;
}

function invalid(folder: string, reason: string, cause?: unknown): PtlError {
  const message = `The run in "${folder}" cannot be resumed: ${reason}.`;
  return new PtlError('CHECKPOINT_INVALID', message, { folder, reason }, { cause });
}
