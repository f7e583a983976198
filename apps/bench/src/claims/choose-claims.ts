import { invalidOption, suggestName } from '@ptl/core';
import type { Claim } from './claim.ts';

/**
 * The claims of these ids, in the order of the catalog; all if no ids are given.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for an id that there is no claim of.
 */
export function chooseClaims(claims: readonly Claim[], ids?: readonly string[]): readonly Claim[] {
  if (ids === undefined) return claims;
  const known = claims.map(({ id }) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    const message = `there is no claim "${id}".${suggestName(id, known)} --list shows all`;
    throw invalidOption('claims', 'only', message);
  }
  return claims.filter(({ id }) => ids.includes(id));
}
