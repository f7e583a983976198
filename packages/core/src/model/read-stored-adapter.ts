import { parseSafetensors } from '../backbone/weights/parse-safetensors.ts';
import { createWeights } from '../backbone/weights/weights.ts';
import { invalidAdapter } from '../checkpoint/invalid-adapter.ts';
import { StoredAdapter } from '../checkpoint/stored-adapter.ts';
import { nodeFiles } from '../files/node-files.ts';
import { exists, readBytes } from '../files/read-file.ts';

const tensorsFile = 'adapter_model.safetensors';
const pickle = 'adapter_model.bin';

/** Runs in the adapter's folder. */
const conversion =
  `python -c "import torch, safetensors.torch as s; s.save_file({k: v.contiguous() for k, v in ` +
  `torch.load('${pickle}', map_location='cpu', weights_only=True).items()}, '${tensorsFile}', {'format': 'pt'})"`;

/**
 * Reads the tensors of a saved adapter.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND`, `FILE_INVALID`, or `CHECKPOINT_INVALID` if it has a
 *   pickle only, with the line of Python that converts it.
 */
export async function readStoredAdapter(folder: string): Promise<StoredAdapter> {
  const { path } = await nodeFiles();
  const file = path.join(folder, tensorsFile);
  if (!(await exists(file)) && (await exists(path.join(folder, pickle)))) {
    const reason = `its tensors are in ${pickle}, a pickle, which can run code and which PTL does not open`;
    throw invalidAdapter(folder, `${reason}. Convert it there with: ${conversion}`);
  }
  const { tensors } = parseSafetensors(await readBytes(file), file);
  return new StoredAdapter(await createWeights(tensors, file), folder);
}
