import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import { PtlError } from '../contract/errors.ts';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { TaskKind } from '../contract/method.ts';
import type { LayerPrefix } from '../contract/prompt.ts';
import { toHeads } from '../ops/attention-heads.ts';
import { linear } from '../ops/linear.ts';
import type { HeadGeometry } from '../task/head.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { attentionInputs, encode } from './encoder/encoder.ts';
import type { EncoderSpec } from './encoder/encoder-spec.ts';
import { EncoderWeights } from './encoder/encoder-weights.ts';
import { assertPromptFits } from './encoder/prompt-shape.ts';
import { readSpec } from './families.ts';
import type { Weights } from './weights/weights.ts';

export interface BackboneParts {
  /** Where it comes from, for messages and saved adapters. */
  readonly id: string;
  /** The content of a Hugging Face `config.json`. */
  readonly config: unknown;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/**
 * Makes a backbone of parts that are already in memory.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED`, `SHAPE_MISMATCH` or `TOKENIZER_MISMATCH`.
 */
export function createBackbone(parts: BackboneParts): Backbone {
  const { id, tokenizer } = parts;
  const spec = readSpec(parts.config, id);
  const geometry: BackboneGeometry = { id, ...spec.geometry };
  assertTokenizerFits(tokenizer, geometry);
  const weights = new EncoderWeights(spec, parts.weights, id);
  return {
    geometry,
    tokenizer,
    fingerprint: parts.weights.fingerprint,
    heads: headsOf(spec, weights),
    parameters: weights.parameters,
    weight: (name) => weights.get(name),
    embeddingsOf: (ids) => tf.tidy(() => tf.gather(wordEmbeddings(spec, weights), [...ids])),
    keysAndValuesOf: (ids) => keysAndValuesOf(spec, weights, ids),
    tokenize: (text) => tokenizer.tokenize(text),
    frequentTokens: (count) => tokenizer.frequentTokens(count),
    forward: (batch, prompt, options = {}) => {
      assertPromptFits(prompt, batch, geometry);
      return encode(spec, weights, batch, prompt, options);
    },
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}

function assertTokenizerFits(tokenizer: Tokenizer, geometry: BackboneGeometry): void {
  const { vocabularySize } = tokenizer;
  if (vocabularySize <= geometry.vocabularySize) return;
  const message =
    `The tokenizer of "${geometry.id}" has ids up to ${vocabularySize - 1}, ` +
    `but its model has embeddings for ${geometry.vocabularySize} tokens only.`;
  throw new PtlError('TOKENIZER_MISMATCH', message, {
    tokenizer: vocabularySize,
    backbone: geometry.vocabularySize,
  });
}

function headsOf(
  { heads, names, pooling }: EncoderSpec,
  weights: EncoderWeights,
): Record<TaskKind, HeadGeometry> {
  const name = names.pooler;
  const hasPooler = weights.parameters.some((parameter) => parameter.name === `${name}.weight`);
  const pooler: HeadGeometry['pooler'] = (first, trained) =>
    (pooling?.activation ?? tf.tanh)(linear(first, weights.linear(name ?? '', trained)));
  return {
    'sequence-classification': {
      ...heads.sequence,
      pooler: name && hasPooler ? pooler : null,
      poolerDropoutRate: pooling?.dropoutRate ?? 0,
    },
    'token-classification': { ...heads.token, pooler: null },
  };
}

function wordEmbeddings({ names }: EncoderSpec, weights: EncoderWeights): tf.Tensor2D {
  return weights.get(`${names.wordEmbeddings}.weight`) as tf.Tensor2D; // `[vocabulary, hidden]`.
}

function keysAndValuesOf(
  spec: EncoderSpec,
  weights: EncoderWeights,
  ids: readonly number[],
): LayerPrefix[] {
  const { numHeads, headSize, numLayers } = spec.geometry;
  const shape = { batch: 1, numHeads, headSize };
  const tensors = tf.tidy(() =>
    attentionInputs(spec, weights, singleRow(ids)).flatMap((packed) => {
      const heads = tf.squeeze<tf.Tensor3D>(toHeads(packed, shape), [1]);
      return [1, 2].map((kind) => tf.slice(heads, [kind * numHeads, 0, 0], [numHeads, -1, -1]));
    }),
  );
  return Array.from({ length: numLayers }, (_, layer) => {
    const [keys, values] = tensors.slice(2 * layer, 2 * layer + 2);
    return { keys, values } as LayerPrefix; // Two tensors a layer, as made above.
  });
}

function singleRow(ids: readonly number[]): Batch {
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
