import { PtlError } from '../../contract/errors.ts';
import type { Entity } from './entity.ts';
import { schemeRules, type TaggingScheme, type TransitionRule } from './tagging-scheme.ts';

interface Tag {
  readonly prefix: string;
  readonly type: string;
}

const outside: Tag = { prefix: 'O', type: '_' };

/**
 * Reads only the entities that are spelt as the scheme demands; in IOB2, an `I-` that follows
 * neither `B-` nor `I-` of its type belongs to nothing.
 *
 * Equals seqeval's `Tokens(tags, scheme).entities`.
 *
 * @param row - Place of the tags in their data set, for messages.
 * @throws {@link PtlError} `ROW_INVALID` if a tag has a prefix that the scheme does not know.
 */
export function strictEntities(
  tags: readonly string[],
  scheme: TaggingScheme,
  row: number,
): Entity[] {
  const { starts, continues, ends } = schemeRules[scheme];
  const tokens = [...tags.map((tag) => parseTag(tag, scheme, row)), outside];
  const at = (index: number): Tag => tokens[index] ?? outside;
  const entities: Entity[] = [];
  let position = 0;
  while (position < tags.length) {
    const token = at(position);
    if (!matches(starts, at(position - 1), token)) {
      position += 1;
      continue;
    }
    let end = position + 1;
    while (matches(continues, at(end - 1), at(end))) end += 1;
    if (matches(ends, at(end - 1), at(end))) {
      entities.push({ type: token.type, start: position, end });
    }
    position = end;
  }
  return entities;
}

function parseTag(tag: string, scheme: TaggingScheme, row: number): Tag {
  const [prefix = '', ...rest] = tag;
  const { prefixes } = schemeRules[scheme];
  if (prefix === '' || !prefixes.includes(prefix)) {
    const reason = `The tag "${tag}" is not of the scheme ${scheme}. Its prefixes: ${[...prefixes].join(', ')}`;
    throw new PtlError('ROW_INVALID', `Row ${row}: ${reason}.`, { row, reason });
  }
  return { prefix, type: rest.join('').replace(/^-+|-+$/g, '') || '_' };
}

function matches(rules: readonly TransitionRule[], previous: Tag, current: Tag): boolean {
  return rules.some(
    (rule) =>
      rule.previous.includes(previous.prefix) &&
      rule.current.includes(current.prefix) &&
      (rule.types === 'any' || (rule.types === 'same') === (previous.type === current.type)),
  );
}
