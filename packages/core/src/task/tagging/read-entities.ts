import { PtlError } from '../../contract/errors.ts';
import type { Entity } from '../metrics/entity.ts';
import { schemeRules, type TaggingScheme } from '../metrics/tagging-scheme.ts';

/** An entity whose type is null for bare prefixes, such as `B` and `I`. */
export type TypedEntity = Omit<Entity, 'type'> & { readonly type: string | null };

interface OpenEntity {
  readonly type: string | null;
  readonly start: number;
}

/** Prefixes that start an entity whatever stands before, and those that are an entity's last. */
const opening = 'BSU';
const closing = 'ESLU';

/**
 * Reads the entities of tags of any scheme. Every sequence has a reading: an entity goes on as long as
 * the type stays, until a prefix opens the next or closes it.
 *
 * Unlike seqeval's, on which scores are built, it knows an entity of one token in IOE1, and `L` and `U`.
 *
 * @throws {@link PtlError} `ROW_INVALID` for a tag with a prefix that the scheme does not have.
 */
export function readEntities(tags: readonly string[], scheme: TaggingScheme): TypedEntity[] {
  const entities: TypedEntity[] = [];
  let open: OpenEntity | null = null;
  for (const [place, tag] of [...tags, 'O'].entries()) {
    const { prefix, type } = splitTag(tag, place, scheme);
    const goesOn = open !== null && type === open.type && !opening.includes(prefix);
    if (open && (prefix === 'O' || !goesOn)) {
      entities.push({ ...open, end: place });
      open = null;
    }
    if (prefix === 'O') continue;
    open ??= { type, start: place };
    if (closing.includes(prefix)) {
      entities.push({ ...open, end: place + 1 });
      open = null;
    }
  }
  return entities;
}

function splitTag(
  tag: string,
  place: number,
  scheme: TaggingScheme,
): { readonly prefix: string; readonly type: string | null } {
  const { prefixes } = schemeRules[scheme];
  const [, prefix = '', type = null] = /^([A-Z])(?:-(.+))?$/s.exec(tag) ?? [];
  const isOutside = prefix !== 'O' || type === null;
  if (prefix !== '' && prefixes.includes(prefix) && isOutside) return { prefix, type };
  const allowed = [...prefixes]
    .map((letter) => (letter === 'O' ? letter : `${letter}-`))
    .join(', ');
  const reason = `The tag "${tag}" of word ${place} is not of the scheme ${scheme}. Its tags: ${allowed}`;
  throw new PtlError('ROW_INVALID', `${reason}.`, { row: place, reason });
}
