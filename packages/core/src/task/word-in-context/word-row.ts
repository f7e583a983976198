/** Where something stands in a text, in UTF-16 code units: its start and the place behind its end. */
export type MarkedSpan = readonly [start: number, end: number];

/** Two texts with a word in each, and how the two words go together. */
export interface WordInContextRow<Label extends string = string> {
  readonly text: string;
  readonly textPair: string;
  /** The word in the first text. */
  readonly span: MarkedSpan;
  /** The word in the second text. */
  readonly spanPair: MarkedSpan;
  readonly label: Label;
}
