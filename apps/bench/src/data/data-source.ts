import type { ConllColumns } from '@ptl/core';
import type { ParsedFile } from './parsed-file.ts';

/** A part of a data set that lies in a file or, with parallel lines, in a folder. */
export interface PartSource {
  /** The path, for messages. */
  readonly file: string;
  read(columns: ConllColumns): Promise<ParsedFile>;
}

export type Part = 'train' | 'development' | 'test';

/** A data set that was found and not read yet. */
export interface DataSource {
  readonly name: string;
  readonly parts: ReadonlyMap<Part, PartSource>;
}

const partNames: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  dev: 'development',
  development: 'development',
  val: 'development',
  valid: 'development',
  validation: 'development',
  test: 'test',
  testing: 'test',
};

/** Splits `sst.dev`, `sst-dev` or `dev` into the data set's name, maybe empty, and the part. */
export function parsePartName(stem: string): { name: string; part: Part } | undefined {
  const [, name = '', word = ''] = /^(?:(.*)[._-])?([a-z]+)$/i.exec(stem) ?? [];
  const key = word.toLowerCase();
  const part = Object.hasOwn(partNames, key) ? partNames[key] : undefined;
  return part && { name, part };
}
