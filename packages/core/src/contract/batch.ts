/**
 * Rows on their way into a backbone, padded to the longest of them: `collate` pads at the end, and
 * padding in front gives the same.
 *
 * Plain data, so that a batch owns no tensor and can wait anywhere.
 */
export interface Batch {
  /** Number of rows. */
  readonly size: number;
  /** Positions of each row, slots and padding included. */
  readonly sequence: number;
  /** `[batch, sequence]`, row-major. A slot holds the padding id, which is never looked at. */
  readonly inputIds: Int32Array;
  /** `[batch, sequence]`: 1 for a real token or a slot, 0 for padding. */
  readonly attentionMask: Uint8Array;
  /** `[batch, sequence]`. */
  readonly tokenTypeIds: Int32Array;
  /** Slots of each row; 0 where the layout leaves none. */
  readonly promptLength: number;
  /** `[batch, promptLength]`: the position of each slot in its row, ascending. */
  readonly slots: Int32Array;
  /** Positions that `read: 'marked'` reads, `[batch, marks]`; none if absent. */
  readonly marks?: Int32Array;
  /** What an encoder-decoder is to write; the other architectures do not look at it. */
  readonly target?: BatchTarget;
}

/** Rows that an encoder-decoder is to write, padded at the end to the longest of them. */
export interface BatchTarget {
  /** Positions of each row, end of sequence and padding included. */
  readonly sequence: number;
  /** `[batch, sequence]`, row-major: labels, which the network itself shifts right. */
  readonly inputIds: Int32Array;
  /** `[batch, sequence]`: 1 for a real token, 0 for padding. */
  readonly attentionMask: Uint8Array;
}
