import type { TaggedRow, TaskKind, TextRow } from '@ptl/core';

/** The three parts that a data set always has. */
export interface DataParts<Row> {
  readonly train: readonly Row[];
  readonly development: readonly Row[];
  readonly test: readonly Row[];
}

/** Labelled rows for one task. */
interface DataSetOf<Kind extends TaskKind, Row> extends DataParts<Row> {
  readonly name: string;
  readonly kind: Kind;
  /** Of train: sorted, `O` first. No other label occurs in the other parts. */
  readonly labels: readonly string[];
  /** What the reader of a result should know, one sentence each. */
  readonly notes: readonly string[];
}

export type TextDataSet = DataSetOf<'sequence-classification', TextRow>;
export type TaggedDataSet = DataSetOf<'token-classification', TaggedRow>;
export type DataSet = TextDataSet | TaggedDataSet;
