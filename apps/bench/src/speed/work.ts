import type { Backbone, Precision } from '@ptl/core';

/** What is timed: steps of one method, on rows of one length. */
export interface Work {
  /** A name of {@link timedMethods}. */
  readonly method: string;
  readonly precision: Precision;
  /** Rows of a step. */
  readonly batchSize: number;
  /** Tokens of a row, special ones included, virtual ones not. */
  readonly sequence: number;
  readonly promptLength: number;
}

/** The work that `step` times, and that others are varied from. */
export const plainWork: Work = {
  method: 'p-tuning-v2',
  precision: 'float32',
  batchSize: 16,
  sequence: 64,
  promptLength: 16,
};

/** The sizes of a backbone, for whoever builds one like it. */
export interface BackboneSizes {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly maxPositions: number;
  /** Of the token that pads rows. */
  readonly paddingId: number;
  readonly threads: number;
}

/** Reads the sizes off a backbone; the width of its feed-forward layers off their own weights. */
export function sizesOf(
  { geometry, parameters, tokenizer }: Backbone,
  threads: number,
): BackboneSizes {
  const { hiddenSize, numLayers, numHeads, vocabularySize, maxPositions } = geometry;
  const rows = parameters.filter(({ layer }) => layer !== null).map(({ shape }) => shape[0] ?? 0);
  const sizes = { hiddenSize, numLayers, numHeads, vocabularySize, maxPositions };
  const paddingId = tokenizer.special.pad;
  return { ...sizes, intermediateSize: Math.max(...rows), paddingId, threads };
}

/** Such as `16 x 64, 16 positions`. */
export function describeSize({ batchSize, sequence, promptLength }: Work): string {
  return `${batchSize} x ${sequence}, ${promptLength} positions`;
}
