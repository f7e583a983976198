/**
 * Says why a name does not stay inside the folder that it is relative to.
 *
 * @returns Undefined for a good name such as `training/state.json`.
 */
export function innerNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  // Windows takes a backslash for a separator, and a colon for a drive or a stream.
  const odd = /[\\:\p{Cc}]/u.exec(name);
  if (odd) return `it holds the character ${JSON.stringify(odd[0])}`;
  const parts = name.split('/');
  if (parts.includes('..') || parts[0] === '') return 'it leaves the folder';
  if (parts.includes('.') || parts.includes('')) return 'it has an empty part';
  return undefined;
}
