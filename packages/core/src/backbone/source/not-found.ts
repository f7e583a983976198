import { PtlError } from '../../contract/errors.ts';

/**
 * Says that a source leads to no model.
 *
 * @param hint A sentence that begins with a space, or nothing.
 */
export function notFound(
  source: string,
  tried: readonly string[],
  hint: string,
): PtlError<'BACKBONE_NOT_FOUND'> {
  const list = tried.map((place) => `\n  ${place}`).join('');
  const message = `There is no backbone "${source}".${hint}\nTried:${list}`;
  return new PtlError('BACKBONE_NOT_FOUND', message, { source, tried });
}
