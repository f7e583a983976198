import type { Entity } from './entity.ts';

interface Tag {
  readonly prefix: string;
  readonly type: string;
}

/** Pairs of prefixes, previous and current, between which an entity ends. It always ends after E and S. */
const endingPairs = new Set(['BB', 'BS', 'BO', 'IB', 'IS', 'IO']);
/** Pairs of prefixes between which an entity starts. B and S start one in any place. */
const startingPairs = new Set(['EE', 'EI', 'SE', 'SI', 'OE', 'OI']);
/** Prefixes of tokens outside: the full stop is conlleval's. */
const outside = new Set(['O', '.']);

/**
 * Reads entities the way conlleval does: every tag sequence has a reading, whichever of the usual
 * schemes it follows. An `I-` without a `B-` starts an entity, and so does a change of type.
 *
 * Equals seqeval's `get_entities`, whose treatment of tags without a known prefix is kept: the
 * first character is the prefix, so that `PER` is an entity of type `ER`.
 */
export function lenientEntities(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let previous: Tag = { prefix: 'O', type: '' };
  let start = 0;
  for (const [position, text] of [...tags, 'O'].entries()) {
    const current = parseTag(text);
    if (endsBetween(previous, current)) {
      entities.push({ type: previous.type, start, end: position });
    }
    if (startsBetween(previous, current)) start = position;
    previous = current;
  }
  return entities;
}

function parseTag(tag: string): Tag {
  const [prefix = '', ...rest] = tag;
  const named = rest.join('');
  const type = named.slice(named.indexOf('-') + 1);
  return { prefix, type: type || '_' };
}

function endsBetween(previous: Tag, current: Tag): boolean {
  if (previous.prefix === 'E' || previous.prefix === 'S') return true;
  if (endingPairs.has(previous.prefix + current.prefix)) return true;
  return !outside.has(previous.prefix) && previous.type !== current.type;
}

function startsBetween(previous: Tag, current: Tag): boolean {
  if (current.prefix === 'B' || current.prefix === 'S') return true;
  if (startingPairs.has(previous.prefix + current.prefix)) return true;
  return !outside.has(current.prefix) && previous.type !== current.type;
}
