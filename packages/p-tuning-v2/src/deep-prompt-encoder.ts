import {
  type AttentionSite,
  type BackboneGeometry,
  createTrainableLinear,
  type LayerPrefixes,
  normal,
  type PromptLayout,
  type PromptRequest,
  prefixWidth,
  splitLayerPrefixes,
  type Tuner,
  type TunerContext,
  type VariableStore,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { PTuningV2Config } from './config.ts';

/** Gives the flat prompt `[promptLength, layers * 2 * heads * headSize]` of one attention site. */
type EncodePrompt = () => tf.Tensor2D;

/**
 * Holds deep prompts for each attention site and, where asked for, the MLP that reparameterizes
 * them: `tanh(E W₁ᵀ + b₁) W₂ᵀ + b₂`.
 *
 * Trainable parameters for each site, with `P` positions, `L` layers, `K = heads * headSize`
 * numbers in a key, embedding size `d` and MLP size `m`: `2PLK` directly, or
 * `Pd + dm + m + 2LKm + 2LK` through the MLP.
 *
 * All start as BERT's own weights would, N(0, 0.02²) with biases at 0: the authors' code loads the
 * prompt with the model, whose loader draws whatever the checkpoint lacks in that way.
 *
 * @see Liu et al. (2022), arXiv:2110.07602, 3.2 and 3.3
 */
export class DeepPromptEncoder implements Tuner {
  readonly layout: PromptLayout = { kind: 'none' };
  readonly promptLength: number;
  readonly frozenDropout: boolean;
  readonly variables: VariableStore;
  readonly #geometry: BackboneGeometry;
  readonly #config: PTuningV2Config;
  readonly #sites: readonly (readonly [AttentionSite, EncodePrompt])[];

  constructor({ backbone, task, config, variables }: TunerContext<PTuningV2Config>) {
    const { promptLength, frozenDropout, reparameterization } = config;
    this.promptLength = typeof promptLength === 'number' ? promptLength : promptLength[task.kind];
    this.frozenDropout = frozenDropout;
    this.variables = variables;
    this.#geometry = backbone.geometry;
    this.#config = config;
    this.#sites = backbone.geometry.attentionSites.map((site) => [
      site,
      reparameterization
        ? this.#createMlp(site, reparameterization.hiddenSize)
        : this.#createTable(site),
    ]);
  }

  prompt({ dropout }: PromptRequest): LayerPrefixes {
    const sites = this.#sites.map(([site, encode]) => {
      // One draw for the whole batch, where the authors' code draws for each row.
      const flat = dropout(encode(), this.#config.dropout, `prompt/${site}`);
      return [site, splitLayerPrefixes(flat, this.#geometry)] as const;
    });
    return { kind: 'layer-prefixes', sites: Object.fromEntries(sites) };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }

  #createTable(site: AttentionSite): EncodePrompt {
    const table = this.#createMatrix(`${site}/prompt`, prefixWidth(this.#geometry));
    return () => table;
  }

  #createMlp(site: AttentionSite, hiddenSize: number): EncodePrompt {
    const { embeddingSize } = this.#geometry;
    const { standardDeviation } = this.#config;
    const embedding = this.#createMatrix(`${site}/embedding`, embeddingSize);
    const inner = createTrainableLinear(this.variables, `${site}/mlp/inner`, {
      inputs: embeddingSize,
      outputs: hiddenSize,
      standardDeviation,
    });
    const outer = createTrainableLinear(this.variables, `${site}/mlp/outer`, {
      inputs: hiddenSize,
      outputs: prefixWidth(this.#geometry),
      standardDeviation,
    });
    return () => outer.apply(tf.tanh(inner.apply(embedding)));
  }

  #createMatrix(name: string, width: number): tf.Variable<tf.Rank.R2> {
    const { standardDeviation } = this.#config;
    const shape: [number, number] = [this.promptLength, width];
    return this.variables.create(name, (seed) => normal(shape, standardDeviation, seed));
  }
}
