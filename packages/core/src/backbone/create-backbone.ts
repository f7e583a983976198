import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import { PtlError } from '../contract/errors.ts';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { LayerPrefix } from '../contract/prompt.ts';
import { scoreVocabulary } from '../task/head.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { readCheckpointHead } from './checkpoint-head.ts';
import { findFamily } from './families.ts';
import type { Network } from './network.ts';
import { assertSpanFits } from './pass/layer-input.ts';
import { assertPromptFits } from './pass/prompt-shape.ts';
import { assertPrecision, assertTrainable, type Precision } from './weights/precision.ts';
import type { Weights } from './weights/weights.ts';

export interface BackboneParts {
  /** Where it comes from, for messages and saved adapters. */
  readonly id: string;
  /** The content of a Hugging Face `config.json`. */
  readonly config: unknown;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  /** `float32` if absent. */
  readonly precision?: Precision;
}

/**
 * Makes a backbone of parts that are already in memory.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED`, `PRECISION_UNSUPPORTED`, `SHAPE_MISMATCH` or
 *   `TOKENIZER_MISMATCH`.
 */
export function createBackbone(parts: BackboneParts): Backbone {
  const { id, tokenizer, precision = 'float32' } = parts;
  assertPrecision(precision);
  const family = findFamily(parts.config, id);
  assertTokenizerFits(tokenizer, id, family.geometry.vocabularySize);
  const network = family.load(parts.weights, precision);
  const geometry: BackboneGeometry = { id, ...network.geometry };
  return {
    geometry,
    tokenizer,
    precision,
    fingerprint: parts.weights.fingerprint,
    taskModelName: (parameter) => network.taskModelName(parameter),
    heads: network.heads,
    checkpointHead: readCheckpointHead(parts.weights, parts.config, network),
    parameters: network.parameters,
    vocabulary: network.vocabulary,
    vocabularyLogits: network.vocabulary && scoreVocabulary(network.vocabulary),
    weight: (name) => {
      const weight = network.weight(name);
      assertTrainable(name, weight);
      return weight;
    },
    embeddingsOf: (ids) => tf.tidy(() => tf.gather(network.wordEmbeddings(), [...ids])),
    keysAndValuesOf: (ids) => keysAndValuesOf(network, ids),
    tokenize: (text) => tokenizer.tokenize(text),
    frequentTokens: (count) => tokenizer.frequentTokens(count),
    forward: (batch, prompt, options = {}) => {
      assertPromptFits(prompt, batch, geometry);
      assertSpanFits(options, { batch, prompt, geometry });
      return network.forward(batch, prompt, options);
    },
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
}

function assertTokenizerFits(tokenizer: Tokenizer, id: string, embeddings: number): void {
  const { vocabularySize } = tokenizer;
  if (vocabularySize <= embeddings) return;
  const message =
    `The tokenizer of "${id}" has ids up to ${vocabularySize - 1}, ` +
    `but its model has embeddings for ${embeddings} tokens only.`;
  throw new PtlError('TOKENIZER_MISMATCH', message, {
    tokenizer: vocabularySize,
    backbone: embeddings,
  });
}

/** Keeps the tensors that a tidy would dispose of. */
function keysAndValuesOf(network: Network, ids: readonly number[]): LayerPrefix[] {
  let layers: LayerPrefix[] = [];
  tf.tidy(() => {
    layers = network.keysAndValues(singleRow(ids));
    return layers.map(({ keys, values }) => [keys, values]);
  });
  return layers;
}

/** A batch of one row without slots. */
export function singleRow(ids: readonly number[]): Batch {
  return {
    size: 1,
    sequence: ids.length,
    inputIds: Int32Array.from(ids),
    attentionMask: new Uint8Array(ids.length).fill(1),
    tokenTypeIds: new Int32Array(ids.length),
    promptLength: 0,
    slots: new Int32Array(),
  };
}
