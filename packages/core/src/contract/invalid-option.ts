import { type ConfigIssue, PtlError } from './errors.ts';

/** A config that cannot be used, with all that is wrong with it. */
export function invalidConfig(
  subject: string,
  issues: readonly ConfigIssue[],
): PtlError<'CONFIG_INVALID'> {
  const lines = issues.map(({ path, message }) => `  ${path || '(root)'}: ${message}`);
  const text = `Invalid config for "${subject}":\n${lines.join('\n')}`;
  return new PtlError('CONFIG_INVALID', text, { subject, issues });
}

/**
 * One option that cannot be used, found where the config's schema cannot look: it does not go with
 * others, or with the backbone.
 *
 * @param path - Dotted, as in `initialization.text`.
 */
export function invalidOption(
  subject: string,
  path: string,
  message: string,
): PtlError<'CONFIG_INVALID'> {
  return invalidConfig(subject, [{ path, message }]);
}
