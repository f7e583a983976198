import type { TaggedRow, TextRow } from './data-set.ts';
import { invalidFile } from './invalid-file.ts';
import { type Located, toLines } from './parsed-file.ts';

/** A file of a folder whose files go line by line. */
export interface ParallelFile {
  readonly file: string;
  readonly text: string;
}

/** Joins the lines of `seq.in` and `label` to texts with classes. */
export function joinIntents(sentences: ParallelFile, labels: ParallelFile): Located<TextRow>[] {
  return joinLines(sentences, labels).map(({ left, right, line }) => {
    if (left === '') throw invalidFile(sentences.file, 'The row has no text', line);
    if (right === '') throw invalidFile(labels.file, 'The row has no label', line);
    return { row: { text: left, label: right }, line };
  });
}

/** Joins the lines of `seq.in` and `seq.out` to tagged sentences. */
export function joinSlots(sentences: ParallelFile, tags: ParallelFile): Located<TaggedRow>[] {
  return joinLines(sentences, tags).map(({ left, right, line }) => {
    const row = { tokens: toWords(left), tags: toWords(right) };
    if (row.tokens.length === 0) throw invalidFile(sentences.file, 'The row has no tokens', line);
    if (row.tokens.length !== row.tags.length) {
      const reason = `There must be one tag for each of the ${row.tokens.length} tokens. Got ${row.tags.length}`;
      throw invalidFile(tags.file, reason, line);
    }
    return { row, line };
  });
}

interface JoinedLine {
  readonly left: string;
  readonly right: string;
  readonly line: number;
}

function joinLines(left: ParallelFile, right: ParallelFile): JoinedLine[] {
  const lefts = toLines(left.text.trimEnd());
  const rights = toLines(right.text.trimEnd());
  if (lefts.length !== rights.length) {
    const reason = `The file must have the ${lefts.length} lines of ${left.file}. Got ${rights.length}`;
    throw invalidFile(right.file, reason, Math.min(lefts.length, rights.length) + 1);
  }
  return lefts.map((content, index) => ({
    left: content.trim(),
    right: rights[index]?.trim() ?? '',
    line: index + 1,
  }));
}

function toWords(content: string): string[] {
  return content.split(/[ \t]+/).filter((word) => word !== '');
}
