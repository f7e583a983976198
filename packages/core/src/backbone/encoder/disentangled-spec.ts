import type { Activation } from '../../ops/activation.ts';

/**
 * What DeBERTa's attention has beyond BERT's.
 *
 * @see He et al. (2020), arXiv:2006.03654; He et al. (2021), arXiv:2111.09543
 */
export interface DisentangledSpec {
  /** Kinds of scores that the config names, content with content among them. */
  readonly scoreKinds: number;
  /** Null where scores depend on no relative position. */
  readonly relative: RelativeSpec | null;
  /** Null where no convolution runs beside the first layer. */
  readonly convolution: ConvolutionSpec | null;
}

/** How scores depend on the distance between two positions. */
export interface RelativeSpec {
  /** Name of the table of relative positions, `[2 * span, hidden]`. */
  readonly table: string;
  /** Name of the normalization of its rows; null where they have none. */
  readonly norm: string | null;
  /** Distances beyond it count as this far. */
  readonly span: number;
  /** Distances beyond half of them share buckets on a logarithmic scale; 0 where none do. */
  readonly buckets: number;
  /** The distance at which the logarithmic scale reaches the last bucket. */
  readonly maxDistance: number;
  /** Name of a layer's map to keys of positions, which content asks for; null where it does not. */
  readonly positionKey: ((layer: number) => string) | null;
  /** Name of a layer's map to queries of positions, which ask for content; null where none do. */
  readonly positionQuery: ((layer: number) => string) | null;
}

/** A convolution over the embeddings, added to what the first layer gives. */
export interface ConvolutionSpec {
  readonly name: string;
  readonly norm: string;
  /** Positions that it looks at, an odd number. */
  readonly size: number;
  readonly activation: Activation;
}
