import {
  type AttentionSite,
  type BackboneGeometry,
  createSitePrefixes,
  createTrainableLinear,
  type LayerPrefixes,
  normal,
  PrefixPlan,
  type PromptLayout,
  type PromptRequest,
  prefixLengths,
  type SitePrefixes,
  type TaskKind,
  type Tuner,
  type TunerContext,
  type VariableStore,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { PTuningV2Config } from './config.ts';

/**
 * Holds deep prompts for each attention site and, where asked for, the MLP that reparameterizes
 * them: `tanh(E W₁ᵀ + b₁) W₂ᵀ + b₂`.
 *
 * Trainable parameters for each site, with `P` positions in each of `L` layers that have a prompt,
 * `K = heads * headSize` numbers in a key, embedding size `d` and MLP size `m`: `2PLK` directly, or
 * `Pd + dm + m + 2LKm + 2LK` through the MLP; gates add `L`. Where lengths differ, `PL` is their sum
 * in the former, and `P` the longest in the latter.
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
  readonly #plan: PrefixPlan;
  readonly #sites: readonly SitePrefixes[];

  constructor({ backbone, task, config, variables }: TunerContext<PTuningV2Config>) {
    const { layers, promptLength, frozenDropout } = config;
    const { geometry } = backbone;
    const length = isByTask(promptLength) ? promptLength[task.kind] : promptLength;
    const choice = { method: 'p-tuning-v2', layers, length, lengthField: 'promptLength' };
    this.#plan = new PrefixPlan(prefixLengths(choice, geometry.numLayers), geometry);
    this.promptLength = this.#plan.longest;
    this.frozenDropout = frozenDropout;
    this.variables = variables;
    this.#geometry = geometry;
    this.#config = config;
    this.#sites = geometry.attentionSites.map((site) => this.#createSite(site));
  }

  prompt({ dropout }: PromptRequest): LayerPrefixes {
    const sites = this.#sites.map(({ site, layers }) => [
      site,
      // One draw for the whole batch, where the authors' code draws for each row.
      layers((flat) => dropout(flat, this.#config.dropout, `prompt/${site}`)),
    ]);
    return { kind: 'layer-prefixes', sites: Object.fromEntries(sites) };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }

  #createSite(site: AttentionSite): SitePrefixes {
    const { reparameterization, layerGates: hasGates } = this.#config;
    const shared = { site, plan: this.#plan, variables: this.variables, hasGates };
    if (reparameterization) {
      const encode = this.#createMlp(site, reparameterization.hiddenSize);
      return createSitePrefixes({ ...shared, matrix: 'rows', encode });
    }
    const table = this.#createMatrix(`${site}/prompt`, this.#plan.tableShape);
    return createSitePrefixes({ ...shared, matrix: 'table', encode: () => table });
  }

  #createMlp(site: AttentionSite, hiddenSize: number): () => tf.Tensor2D {
    const { embeddingSize } = this.#geometry;
    const { standardDeviation } = this.#config;
    const embedding = this.#createMatrix(`${site}/embedding`, [this.promptLength, embeddingSize]);
    const inner = createTrainableLinear(this.variables, `${site}/mlp/inner`, {
      inputs: embeddingSize,
      outputs: hiddenSize,
      standardDeviation,
    });
    const outer = createTrainableLinear(this.variables, `${site}/mlp/outer`, {
      inputs: hiddenSize,
      outputs: this.#plan.width,
      standardDeviation,
    });
    return () => outer.apply(tf.tanh(inner.apply(embedding)));
  }

  #createMatrix(name: string, [rows, columns]: readonly [number, number]) {
    const { standardDeviation } = this.#config;
    const shape: [number, number] = [rows, columns];
    return this.variables.create<tf.Rank.R2>(name, (seed) =>
      normal(shape, standardDeviation, seed),
    );
  }
}

type ByTask = Extract<PTuningV2Config['promptLength'], Readonly<Record<TaskKind, number>>>;

function isByTask(length: PTuningV2Config['promptLength']): length is ByTask {
  return typeof length === 'object' && !Array.isArray(length);
}
