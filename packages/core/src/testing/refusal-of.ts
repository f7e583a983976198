import { isPtlError, type PtlErrorCode } from '../contract/errors.ts';

/** The code and the message of the `PtlError` that a call throws; no code where it throws none. */
export function refusalOf(act: () => unknown): [code: PtlErrorCode | undefined, message: string] {
  try {
    act();
  } catch (error) {
    if (isPtlError(error)) return [error.code, error.message];
    throw error;
  }
  return [undefined, ''];
}
