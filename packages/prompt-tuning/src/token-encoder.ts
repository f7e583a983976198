import {
  createLstmEncoder,
  type Dropout,
  deriveSeed,
  type FrozenBackbone,
  invalidOption,
  normal,
  type PromptLayout,
  type PromptRequest,
  type PtlError,
  parseTemplate,
  resolveTemplate,
  type TaskInfo,
  type Tuner,
  type TunerContext,
  uniform,
  type VariableStore,
  type VirtualTokens,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { PromptTuningConfig } from './config.ts';

/** Makes virtual tokens of the embeddings, both `[promptLength, embeddingSize]`. */
type Encode = (embeddings: tf.Tensor2D, dropout: Dropout) => tf.Tensor2D;

/**
 * Holds the embeddings of the virtual tokens, `[promptLength, embeddingSize]`, or those from which an
 * LSTM makes them.
 *
 * Trainable parameters, with `P` virtual tokens and embedding size `d`: `Pd`; with an LSTM of `h`
 * units and `n` layers also `8h(d + h + 2) + 8h(3h + 2)(n - 1)`, and `2h(2h + 1) + d(2h + 1)` for its
 * MLP.
 *
 * @see Lester et al. (2021), arXiv:2104.08691, 2 and 3.2
 */
export class TokenEncoder implements Tuner {
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly frozenDropout: boolean;
  readonly variables: VariableStore;
  readonly #embeddings: tf.Variable<tf.Rank.R2>;
  readonly #encode: Encode;

  constructor({ backbone, task, config, variables }: TunerContext<PromptTuningConfig>) {
    const { promptLength, placement, frozenDropout } = config;
    this.layout = layoutOf(placement, promptLength);
    this.promptLength = promptLength;
    this.frozenDropout = frozenDropout;
    this.variables = variables;
    this.#embeddings = variables.create('embeddings', (seed) =>
      initialEmbeddings(config, backbone, task, seed),
    );
    this.#encode = createEncoder(config, backbone.geometry.embeddingSize, variables);
  }

  prompt({ dropout }: PromptRequest): VirtualTokens {
    return { kind: 'virtual-tokens', embeddings: this.#encode(this.#embeddings, dropout) };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }
}

function layoutOf(placement: PromptTuningConfig['placement'], length: number): PromptLayout {
  if (typeof placement === 'string') return { kind: 'placed', at: placement, length };
  const { parts } = resolveTemplate(parseTemplate(placement.template), () => []);
  return { kind: 'template', parts };
}

function createEncoder(
  { reparameterization }: PromptTuningConfig,
  size: number,
  variables: VariableStore,
): Encode {
  // A copy, because the caller owns the prompt and the tuner its variables.
  if (!reparameterization) return (embeddings) => tf.clone(embeddings);
  const { hiddenSize: units, layers, dropout, residual } = reparameterization;
  const encode = createLstmEncoder(variables, { size, units, layers, dropout });
  return (embeddings, drop) => {
    const encoded = encode(embeddings, drop);
    return residual ? tf.add(embeddings, encoded) : encoded;
  };
}

function initialEmbeddings(
  { promptLength, initialization }: PromptTuningConfig,
  backbone: FrozenBackbone,
  task: TaskInfo,
  seed: number,
): tf.Tensor2D {
  const shape: [number, number] = [promptLength, backbone.geometry.embeddingSize];
  const { kind } = initialization;
  if (kind === 'uniform') return uniform(shape, initialization.limit, seed);
  if (kind === 'normal') return normal(shape, initialization.standardDeviation, seed);
  if (kind === 'text') {
    const ids = backbone.tokenize(initialization.text);
    if (ids.length === 0) throw emptyText(initialization.text);
    return backbone.embeddingsOf(takeCyclically(ids, promptLength));
  }
  const named = kind === 'labels' ? labelTokens(task.labels, backbone).slice(0, promptLength) : [];
  const pool = sample(backbone.frequentTokens(initialization.mostFrequent), seed);
  const sampled = takeCyclically(pool, promptLength - named.length);
  const rows = named.map((ids) => tf.mean<tf.Tensor2D>(backbone.embeddingsOf(ids), 0, true));
  return tf.concat(sampled.length > 0 ? [...rows, backbone.embeddingsOf(sampled)] : rows, 0);
}

/**
 * Token ids of the name of each class. `B-` and `I-` of tags go, so that both make one row, and so
 * does the tag `O`, which names nothing.
 */
function labelTokens(labels: readonly string[], backbone: FrozenBackbone): (readonly number[])[] {
  const named = labels.filter((label) => label !== 'O');
  const names = new Set(named.map((label) => toWords(label.replace(/^[BI]-/, ''))));
  return [...names].map((name) => backbone.tokenize(name)).filter((ids) => ids.length > 0);
}

/** The words in an identifier: `departure_time` and `DepartureTime` both have two. */
function toWords(label: string): string {
  return label.replace(/(?<=\p{Ll})(?=\p{Lu})|[_.-]+/gu, ' ').trim();
}

/** Shuffles by a hash of each id, which needs no state and is the same on every engine. */
function sample(ids: readonly number[], seed: number): number[] {
  const keyed = ids.map((id) => [deriveSeed(seed, String(id)), id] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, id]) => id);
}

/** The first `count` items, beginning anew behind the last. */
function takeCyclically(items: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => items[index % items.length] ?? 0);
}

function emptyText(text: string): PtlError {
  return invalidOption('prompt-tuning', 'initialization.text', `"${text}" has no tokens`);
}
