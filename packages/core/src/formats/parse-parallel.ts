import type { TextRow } from '../task/sequence-classification.ts';
import type { TaggedRow } from '../task/token-classification.ts';
import { invalidFile } from './invalid-file.ts';
import type { ParsedRows } from './parsed-rows.ts';
import { toLines } from './text-lines.ts';

/** The text of one of two files that go line by line. */
export interface ParallelFile {
  /** What messages call it. */
  readonly file: string;
  readonly text: string;
}

/**
 * Joins the lines of two files, such as `seq.in` and `label`, to texts with classes.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with file and line, also if there are more of one than of the
 *   other.
 */
export function parseParallelLabels(
  sentences: ParallelFile,
  labels: ParallelFile,
): ParsedRows<TextRow> {
  return joinLines(sentences, labels, ({ left, right, line }) => {
    if (left === '') throw invalidFile(sentences.file, 'The row has no text', line);
    if (right === '') throw invalidFile(labels.file, 'The row has no label', line);
    return { text: left, label: right };
  });
}

/**
 * Joins the lines of two files, such as `seq.in` and `seq.out`, to tagged sentences, words and tags being
 * separated by blanks.
 *
 * @throws {@link PtlError} `FILE_INVALID`, as {@link parseParallelLabels}, and for a line with more words
 *   than tags, or fewer.
 */
export function parseParallelTags(
  sentences: ParallelFile,
  tags: ParallelFile,
): ParsedRows<TaggedRow> {
  return joinLines(sentences, tags, ({ left, right, line }) => {
    const row = { tokens: toWords(left), tags: toWords(right) };
    if (row.tokens.length === 0) throw invalidFile(sentences.file, 'The row has no tokens', line);
    if (row.tokens.length !== row.tags.length) {
      const reason = `There must be one tag for each of the ${row.tokens.length} tokens. Got ${row.tags.length}`;
      throw invalidFile(tags.file, reason, line);
    }
    return row;
  });
}

interface JoinedLine {
  readonly left: string;
  readonly right: string;
  readonly line: number;
}

function joinLines<Row>(
  left: ParallelFile,
  right: ParallelFile,
  toRow: (joined: JoinedLine) => Row,
): ParsedRows<Row> {
  const lefts = toLines(left.text.trimEnd());
  const rights = toLines(right.text.trimEnd());
  if (lefts.length !== rights.length) {
    const reason = `The file must have the ${lefts.length} lines of ${left.file}. Got ${rights.length}`;
    throw invalidFile(right.file, reason, Math.min(lefts.length, rights.length) + 1);
  }
  const rows = lefts.map((content, index) =>
    toRow({ left: content.trim(), right: rights[index]?.trim() ?? '', line: index + 1 }),
  );
  return { rows, lines: rows.map((_, index) => index + 1) };
}

function toWords(content: string): string[] {
  return content.split(/[ \t]+/).filter((word) => word !== '');
}
