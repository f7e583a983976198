import {
  type AttentionSite,
  type BackboneGeometry,
  createSitePrefixes,
  createTrainableLinear,
  type FrozenBackbone,
  invalidOption,
  type LayerPrefixes,
  normal,
  PrefixPlan,
  type PromptLayout,
  type PromptRequest,
  PtlError,
  prefixLengths,
  type SitePrefixes,
  type TrainableLinear,
  type Tuner,
  type TunerContext,
  type VariableStore,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { PrefixConfig } from './config.ts';

const promptStandardDeviation = 0.02;
/** Relative to the mean eigenvalue; the least that float32 can tell from rounding. */
const ridge = 1e-5;
/** Enough for eigenvalues that are a millionth of their sum. */
const newtonSteps = 26;

/**
 * Holds a prefix for each attention site and, where asked for, the MLP that reparameterizes it:
 * `P' = tanh(E W₁ᵀ + b₁) W₂ᵀ + b₂`.
 *
 * Trainable parameters for each site, with `P` positions in each of `L` layers that have a prefix,
 * `K = heads * headSize` numbers in a key, embedding size `d` and MLP size `m`: `2PLK` directly, or
 * `Pd + dm + m + 2LKm + 2LK` through the MLP; gates add `L`. Where lengths differ, `PL` is their sum
 * in the former, and `P` the longest in the latter.
 *
 * The MLP starts as in Li & Liang's code, from PyTorch's U[-1/√in, 1/√in); prefix and embedding
 * start from N(0, 0.02²), where their code draws from N(0, 1).
 *
 * @see Li and Liang (2021), arXiv:2101.00190, 4.3
 */
export class PrefixEncoder implements Tuner {
  readonly layout: PromptLayout = { kind: 'none' };
  readonly promptLength: number;
  readonly frozenDropout: boolean;
  readonly variables: VariableStore;
  readonly #backbone: FrozenBackbone;
  readonly #config: PrefixConfig;
  readonly #plan: PrefixPlan;
  readonly #sites: readonly SitePrefixes[];

  constructor({ backbone, config, variables }: TunerContext<PrefixConfig>) {
    const { layers, prefixLength: length, frozenDropout } = config;
    const { geometry } = backbone;
    const choice = { method: 'prefix', layers, length, lengthField: 'prefixLength' };
    this.#plan = new PrefixPlan(prefixLengths(choice, geometry.numLayers), geometry);
    this.promptLength = this.#plan.longest;
    this.frozenDropout = frozenDropout;
    this.variables = variables;
    this.#backbone = backbone;
    this.#config = config;
    this.#sites = chosenSites(config, geometry).map((site) => this.#createSite(site));
  }

  prompt({ dropout }: PromptRequest): LayerPrefixes {
    const sites = this.#sites.map(({ site, layers }) => [
      site,
      // One draw for the whole batch, where the authors' code draws for each row.
      layers((flat) => dropout(flat, this.#config.dropout, `prefix/${site}`)),
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
    const table = this.#createTable(site);
    return createSitePrefixes({ ...shared, matrix: 'table', encode: () => table });
  }

  #createTable(site: AttentionSite): tf.Tensor2D {
    const { initialization } = this.#config;
    const [rows, columns] = this.#plan.tableShape;
    return this.variables.create<tf.Rank.R2>(`${site}/prefix`, (seed) => {
      if (initialization === 'zero') return tf.zeros([rows, columns]);
      if (initialization === 'random')
        return normal([rows, columns], promptStandardDeviation, seed);
      return this.#plan.toTable(this.#activationsOf(site, initialization.text));
    });
  }

  #createMlp(site: AttentionSite, hiddenSize: number): () => tf.Tensor2D {
    const { geometry } = this.#backbone;
    const { initialization } = this.#config;
    const fromText = typeof initialization === 'object';
    // As far apart as in the authors' code where each position has a token of its own to become.
    const spread = fromText ? 1 : promptStandardDeviation;
    const embedding = this.variables.create<tf.Rank.R2>(`${site}/embedding`, (seed) =>
      normal([this.promptLength, geometry.embeddingSize], spread, seed),
    );
    const inner = createTrainableLinear(this.variables, `${site}/mlp/inner`, {
      inputs: geometry.embeddingSize,
      outputs: hiddenSize,
    });
    const outer = createTrainableLinear(this.variables, `${site}/mlp/outer`, {
      inputs: hiddenSize,
      outputs: this.#plan.width,
    });
    const hidden = (): tf.Tensor2D => tf.tanh(inner.apply(embedding));
    tf.tidy(() => {
      if (initialization === 'zero') fillWithZeros(outer);
      if (fromText) fitLinear(outer, hidden(), this.#activationsOf(site, initialization.text));
    });
    return () => outer.apply(hidden());
  }

  /** The rows of the keys and values that the frozen backbone computes for a text. */
  #activationsOf(site: AttentionSite, text: string): tf.Tensor2D {
    const { geometry } = this.#backbone;
    const [first] = geometry.attentionSites;
    if (site !== first) throw otherSite(geometry.id, site);
    const ids = this.#backbone.tokenize(text).slice(0, this.promptLength);
    if (ids.length === 0) throw emptyText(text);
    const flat = this.#plan.toRows(this.#backbone.keysAndValuesOf(ids));
    const rows = Array.from({ length: this.promptLength }, (_, row) => row % ids.length);
    return tf.gather(flat, tf.tensor1d(rows, 'int32'));
  }
}

function chosenSites(
  { sites }: PrefixConfig,
  { attentionSites, id }: BackboneGeometry,
): readonly AttentionSite[] {
  const unknown = sites?.find((site) => !attentionSites.includes(site));
  if (unknown === undefined) return sites ?? attentionSites;
  const reason = `it has no "${unknown}" attention, only ${attentionSites.join(', ')}`;
  throw incompatible(id, `cannot tune "${id}": ${reason}`, reason);
}

function fillWithZeros({ weight, bias }: TrainableLinear): void {
  weight.assign(tf.zerosLike(weight));
  bias.assign(tf.zerosLike(bias));
}

/**
 * Sets a linear layer to map each row of `x` to the same row of `y`, as nearly as it can.
 *
 * With no more rows than units, as in the papers, it can do so exactly, and of all solutions this is
 * the smallest: `[W b]ᵀ = Fᵀ (F Fᵀ)⁻¹ y` for `F = [x 1]`. Li & Liang come near one by 500 steps of
 * Adam. With more rows it is the least-squares fit, `(Fᵀ F)⁻¹ Fᵀ y`. A ridge keeps the inverse
 * finite.
 */
function fitLinear({ weight, bias }: TrainableLinear, x: tf.Tensor2D, y: tf.Tensor2D): void {
  const [rows, units] = x.shape;
  const features = tf.concat([x, tf.ones<tf.Rank.R2>([rows, 1])], 1);
  const exact = rows <= units;
  const products: tf.Tensor2D = tf.matMul(features, features, !exact, exact);
  const identity = tf.eye(products.shape[0]);
  const trace = tf.sum(tf.mul(products, identity));
  const weak = tf.mul(identity, tf.mul(trace, ridge / products.shape[0]));
  const inverse = inverseOf(tf.add(products, weak), trace);
  const solved: tf.Tensor2D = exact
    ? tf.matMul(features, tf.matMul(inverse, y), true)
    : tf.matMul(inverse, tf.matMul(features, y, true));
  weight.assign(tf.transpose<tf.Tensor2D>(tf.slice(solved, [0, 0], [units, -1])));
  bias.assign(tf.reshape(tf.slice(solved, [units, 0]), [-1]));
}

/**
 * Inverts a positive definite matrix by Newton's iteration `X ← X (2I - A X)`, which takes products
 * only and so runs on every engine. Each step doubles the number of correct digits.
 *
 * @param bound - At least the largest eigenvalue.
 */
function inverseOf(matrix: tf.Tensor2D, bound: tf.Tensor): tf.Tensor2D {
  const identity = tf.eye(matrix.shape[0]);
  let inverse: tf.Tensor2D = tf.div(identity, bound);
  for (let step = 0; step < newtonSteps; step++) {
    const residual: tf.Tensor2D = tf.sub(tf.mul(identity, 2), tf.matMul(matrix, inverse));
    inverse = tf.matMul(inverse, residual);
  }
  return inverse;
}

function emptyText(text: string): PtlError {
  const message = `"${text}" has no tokens to take keys and values from`;
  return invalidOption('prefix', 'initialization.text', message);
}

function otherSite(backbone: string, site: AttentionSite): PtlError {
  const reason = `a text has keys and values for the encoder's attention, not for "${site}"`;
  return incompatible(backbone, `cannot start from a text on "${backbone}": ${reason}`, reason);
}

function incompatible(backbone: string, what: string, reason: string): PtlError {
  const details = { method: 'prefix', backbone, reason };
  return new PtlError('METHOD_INCOMPATIBLE', `"prefix" ${what}.`, details);
}
