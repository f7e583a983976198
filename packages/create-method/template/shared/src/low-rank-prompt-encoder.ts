import {
  normal,
  type Prompt,
  type PromptLayout,
  type Tuner,
  type TunerContext,
  type VariableStore,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { LowRankPromptConfig } from './config.ts';

/** Standard deviation that the embeddings of the virtual tokens start with. */
const standardDeviation = 0.02;

/**
 * Holds virtual tokens as the product of two thin matrices, `E = A B`.
 *
 * Trainable parameters, with `P` virtual tokens, rank `r` and embedding size `d`: `(P + d) r`. A saved
 * model holds `E` alone.
 *
 * @see Xiao et al. (2023), Decomposed Prompt Tuning via Low-Rank Reparameterization, arXiv:2310.10094
 */
export class LowRankPromptEncoder implements Tuner {
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly variables: VariableStore;
  readonly #left: tf.Tensor2D;
  readonly #right: tf.Tensor2D;

  constructor({ backbone, config, variables }: TunerContext<LowRankPromptConfig>) {
    const { promptLength, rank } = config;
    const { embeddingSize } = backbone.geometry;
    this.layout = { kind: 'placed', at: 'front', length: promptLength };
    this.promptLength = promptLength;
    this.variables = variables;
    // An entry of the product is a sum of `rank` products: it has the spread of the right matrix.
    this.#left = variables.create<tf.Rank.R2>('left', (seed) =>
      normal([promptLength, rank], 1 / Math.sqrt(rank), seed),
    );
    this.#right = variables.create<tf.Rank.R2>('right', (seed) =>
      normal([rank, embeddingSize], standardDeviation, seed),
    );
  }

  prompt(): Prompt {
    const embeddings: tf.Tensor2D = tf.matMul(this.#left, this.#right);
    return { kind: 'virtual-tokens', embeddings };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }
}
