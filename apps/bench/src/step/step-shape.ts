import type { Backbone } from '@ptl/core';

/** The work that is timed: rows of one length, a prompt of one length in each layer. */
export const stepShape = { batchSize: 16, sequence: 64, promptLength: 16, labels: 2 } as const;

/** The same with the sizes of a backbone, for whoever builds one like it. */
export interface StepShape {
  readonly batchSize: number;
  readonly sequence: number;
  readonly promptLength: number;
  readonly labels: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly maxPositions: number;
  readonly threads: number;
}

/** Reads the sizes off a backbone; the width of its feed-forward layers off their own weights. */
export function shapeOn({ geometry, parameters }: Backbone, threads: number): StepShape {
  const { hiddenSize, numLayers, numHeads, vocabularySize, maxPositions } = geometry;
  const rows = parameters.filter(({ layer }) => layer !== null).map(({ shape }) => shape[0] ?? 0);
  const sizes = { hiddenSize, numLayers, numHeads, vocabularySize, maxPositions };
  return { ...stepShape, ...sizes, intermediateSize: Math.max(...rows), threads };
}
