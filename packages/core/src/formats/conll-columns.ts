import { isSchemeTag } from './scheme-tag.ts';

/** Which columns of a CoNLL file to read, counted from 1; found out where not given. */
export interface ConllColumns {
  readonly token?: number;
  readonly tag?: number;
}

/** The columns as indices. */
export interface ColumnIndices {
  readonly token: number;
  readonly tag: number;
  /** Columns of the first line, which tells a `#` token from a comment. */
  readonly width: number;
}

/**
 * Finds the columns that hold tokens and tags.
 *
 * The token is the first column, or the second where the first counts the tokens. The tag is the
 * last column that holds nothing but tags such as `O` and `B-PER`, or just the last.
 *
 * @param sentences - Split lines, comments left out.
 */
export function findColumns(
  sentences: readonly (readonly (readonly string[])[])[],
  chosen: ConllColumns,
): ColumnIndices {
  const lines = sentences.flat();
  const width = lines[0]?.length ?? 0;
  const counted = width > 2 && sentences.every(countsTokens);
  const token = chosen.token === undefined ? Number(counted) : chosen.token - 1;
  if (chosen.tag !== undefined) return { token, tag: chosen.tag - 1, width };
  for (let tag = width - 1; tag > token; tag--) {
    if (lines.every((columns) => isSchemeTag(columns[tag] ?? ''))) return { token, tag, width };
  }
  return { token, tag: width - 1, width };
}

function countsTokens(sentence: readonly (readonly string[])[]): boolean {
  return sentence.every(([first], index) => first === String(index + 1));
}
