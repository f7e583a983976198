import { PtlError } from '../contract/errors.ts';

/** The error for a folder that holds no adapter PTL can use. */
export function invalidAdapter(folder: string, reason: string): PtlError<'CHECKPOINT_INVALID'> {
  const message = `The adapter in "${folder}" cannot be loaded: ${reason}.`;
  return new PtlError('CHECKPOINT_INVALID', message, { folder, reason });
}
