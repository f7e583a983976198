import type { TaskKind } from '@ptl/core';
import { invalidFile } from '@ptl/core';
import { type AssembledParts, assembleParts } from './assemble-parts.ts';
import type { DataSet } from './data-set.ts';
import type { ParsedFile } from './parsed-file.ts';
import { taggedShape, textShape } from './row-shape.ts';

/** The files of a data set, read. */
export interface ReadParts {
  readonly train: ParsedFile;
  readonly development: ParsedFile | undefined;
  readonly test: ParsedFile;
}

type FileOf<Kind extends TaskKind> = Extract<ParsedFile, { readonly kind: Kind }>;

/**
 * Puts the files of a data set together; train decides of which kind it is.
 *
 * @throws {@link PtlError} `FILE_INVALID` if the files are of different kinds, and what
 * {@link assembleParts} throws.
 */
export function toDataSet(name: string, parts: ReadParts): DataSet {
  const notes = [parts.train, parts.development, parts.test].flatMap((part) => part?.notes ?? []);
  if (parts.train.kind === 'sequence-classification') {
    const kind = 'sequence-classification';
    const assembled = assembleParts({ name, shape: textShape, ...ofKind(parts, kind) });
    return { name, kind, ...withNotes(assembled, notes) };
  }
  const kind = 'token-classification';
  const assembled = assembleParts({ name, shape: taggedShape, ...ofKind(parts, kind) });
  return { name, kind, ...withNotes(assembled, notes) };
}

function withNotes<Row>(
  assembled: AssembledParts<Row>,
  notes: readonly string[],
): AssembledParts<Row> {
  return { ...assembled, notes: [...notes, ...assembled.notes] };
}

function ofKind<Kind extends TaskKind>({ train, development, test }: ReadParts, kind: Kind) {
  const require = (file: ParsedFile): FileOf<Kind> => {
    if (isOfKind(file, kind)) return file;
    const reason = `The file is for ${file.kind}, but ${train.file} is for ${train.kind}`;
    throw invalidFile(file.file, reason, file.rows[0]?.line);
  };
  return {
    train: require(train),
    development: development && require(development),
    test: require(test),
  };
}

function isOfKind<Kind extends TaskKind>(file: ParsedFile, kind: Kind): file is FileOf<Kind> {
  return file.kind === kind;
}
