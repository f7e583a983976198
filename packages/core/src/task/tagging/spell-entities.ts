import type { TaggingScheme } from '../metrics/tagging-scheme.ts';
import type { TypedEntity } from './read-entities.ts';

/** The prefixes of an entity's tokens. */
interface Spelling {
  /** Of its only token. */
  readonly single: string;
  readonly first: string;
  readonly inside: string;
  readonly last: string;
}

const spellings: Readonly<Record<TaggingScheme, Spelling>> = {
  IO: { single: 'I', first: 'I', inside: 'I', last: 'I' },
  IOB1: { single: 'I', first: 'I', inside: 'I', last: 'I' },
  IOB2: { single: 'B', first: 'B', inside: 'I', last: 'I' },
  IOE1: { single: 'I', first: 'I', inside: 'I', last: 'I' },
  IOE2: { single: 'E', first: 'I', inside: 'I', last: 'E' },
  IOBES: { single: 'S', first: 'B', inside: 'I', last: 'E' },
  BILOU: { single: 'U', first: 'B', inside: 'I', last: 'L' },
};

/**
 * Spells entities as tags.
 *
 * @param entities - In order, none over another.
 * @param length - Number of words.
 */
export function spellEntities(
  entities: readonly TypedEntity[],
  length: number,
  scheme: TaggingScheme,
): string[] {
  const tags = Array<string>(length).fill('O');
  for (const [index, entity] of entities.entries()) {
    const spelling = spellingOf(scheme, entity, entities[index - 1], entities[index + 1]);
    for (let place = entity.start; place < entity.end; place++) {
      const prefix = prefixAt(spelling, place, entity);
      tags[place] = entity.type === null ? prefix : `${prefix}-${entity.type}`;
    }
  }
  return tags;
}

/** IOB1 and IOE1 mark only the border between two entities of one type. */
function spellingOf(
  scheme: TaggingScheme,
  entity: TypedEntity,
  before: TypedEntity | undefined,
  behind: TypedEntity | undefined,
): Spelling {
  const spelling = spellings[scheme];
  if (scheme === 'IOB1' && before?.end === entity.start && before.type === entity.type) {
    return { ...spelling, single: 'B', first: 'B' };
  }
  if (scheme === 'IOE1' && behind?.start === entity.end && behind.type === entity.type) {
    return { ...spelling, single: 'E', last: 'E' };
  }
  return spelling;
}

function prefixAt(spelling: Spelling, place: number, { start, end }: TypedEntity): string {
  if (end - start === 1) return spelling.single;
  if (place === start) return spelling.first;
  return place === end - 1 ? spelling.last : spelling.inside;
}
