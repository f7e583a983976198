import { PtlError } from '../../contract/errors.ts';
import type { Entity } from './entity.ts';
import { lenientEntities } from './lenient-entities.ts';
import { strictEntities } from './strict-entities.ts';
import type { TaggingScheme } from './tagging-scheme.ts';

/** How tags are read as entities. */
export interface EntityOptions {
  /**
   * `lenient` gives every tag sequence a reading, as conlleval does, whatever its scheme.
   * `strict` counts only what {@link EntityOptions.scheme} allows. Default: `lenient`.
   */
  readonly mode?: 'lenient' | 'strict';
  /** What `strict` holds the tags to. Default: `IOB2`. */
  readonly scheme?: TaggingScheme;
}

/**
 * Reads the entities off the tags of one row, in order.
 *
 * @throws {@link PtlError} `ROW_INVALID` if a tag is empty or, in strict mode, not of the scheme.
 */
export function toEntities(tags: readonly string[], options: EntityOptions = {}): Entity[] {
  return entitiesOfRows([tags], options);
}

/**
 * Reads the entities of many rows, positions counted through: a row starts one past the end of
 * the one before it.
 *
 * In lenient mode the rows are read as one sequence with an `O` after each, since seqeval does so
 * and lets a malformed tag reach into its neighbour row.
 */
export function entitiesOfRows(
  rows: readonly (readonly string[])[],
  { mode = 'lenient', scheme = 'IOB2' }: EntityOptions,
): Entity[] {
  for (const [row, tags] of rows.entries()) requireTags(tags, row);
  if (mode === 'lenient') return lenientEntities(rows.flatMap((tags) => [...tags, 'O']));
  let offset = 0;
  return rows.flatMap((tags, row) => {
    const first = offset;
    offset += tags.length + 1;
    return strictEntities(tags, scheme, row).map(({ type, start, end }) => ({
      type,
      start: first + start,
      end: first + end,
    }));
  });
}

function requireTags(tags: readonly string[], row: number): void {
  const empty = tags.indexOf('');
  if (empty < 0) return;
  const reason = `The tag of token ${empty} is empty`;
  throw new PtlError('ROW_INVALID', `Row ${row}: ${reason}.`, { row, reason });
}
