import { PtlError } from '../contract/errors.ts';

/** An option that does not go with the others. `message` is a sentence. */
export function invalidOption(
  subject: string,
  path: string,
  message: string,
): PtlError<'CONFIG_INVALID'> {
  const text = `Invalid config for "${subject}":\n  ${path}: ${message}`;
  return new PtlError('CONFIG_INVALID', text, { subject, issues: [{ path, message }] });
}
