/** A run of tokens that a tagger marked as one entity. */
export interface Entity {
  /** What follows the prefix: `PER` in `B-PER`; `_` for a bare prefix. */
  readonly type: string;
  /** Index of its first token. */
  readonly start: number;
  /** Index after its last token. */
  readonly end: number;
}
