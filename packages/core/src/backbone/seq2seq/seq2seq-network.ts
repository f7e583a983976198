import * as tf from '@tensorflow/tfjs';
import type { Prompt } from '../../contract/prompt.ts';
import { type LinearWeights, linear } from '../../ops/linear.ts';
import { rowsOfLinear } from '../../ops/linear-rows.ts';
import { scoreVocabulary, type VocabularyLayer } from '../../task/head.ts';
import type { Network } from '../network.ts';
import { ModelWeights } from '../weights/model-weights.ts';
import type { WeightsOrigin } from '../weights/precision.ts';
import { findParameter } from '../weights/read-parameter.ts';
import type { Weights } from '../weights/weights.ts';
import { encodeAndDecode, encoderKeysAndValues } from './seq2seq.ts';
import {
  logitsBias,
  seq2seqParameters,
  sharedEmbeddings,
  vocabularyLayer,
} from './seq2seq-parameters.ts';
import type { Seq2SeqSpec } from './seq2seq-spec.ts';
import { untie } from './tied-weights.ts';

const none: Prompt = { kind: 'none' };

/** An encoder and a decoder with their weights, which it owns. */
export function seq2seqNetwork(spec: Seq2SeqSpec, source: Weights, origin: WeightsOrigin): Network {
  const { checkpointPrefix: prefix, embeddingScale } = spec;
  const untied = untie(source, prefix, origin.id);
  const parameters = seq2seqParameters(
    spec,
    (name) => findParameter(untied, name, prefix) !== undefined,
  );
  const weights = new ModelWeights({ parameters, prefix, isTransposed: false }, untied, origin);
  const vocabulary = vocabularyOf(spec, weights);
  return {
    geometry: spec.geometry,
    taskModelName: (parameter) =>
      parameter.startsWith(`${vocabularyLayer}.`) ? parameter : prefix + parameter,
    // A constant in Transformers, which nobody trains.
    parameters: parameters.filter(({ name }) => name !== logitsBias),
    heads: {
      'sequence-to-sequence': {
        output: '',
        dropoutRate: 0,
        pooler: null,
        vocabularyLogits: scoreVocabulary(vocabulary),
      },
    },
    vocabulary,
    weight: (name) => weights.get(name),
    wordEmbeddings: () => {
      // `[vocabulary, hidden]`, checked when it was loaded.
      const table = weights.get(`${sharedEmbeddings}.weight`) as tf.Tensor2D;
      return embeddingScale === 1 ? table : tf.mul(table, embeddingScale);
    },
    keysAndValues: (batch) =>
      encoderKeysAndValues({ spec, weights, batch, prompt: none, options: {} }),
    forward: (batch, prompt, options) => {
      if (prompt.kind === 'combined') throw new TypeError('An encoder-decoder takes one prompt.');
      return encodeAndDecode({ spec, weights, batch, prompt, options });
    },
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}

/** Scores of the vocabulary, from a layer of its own or else from the word embeddings. */
function vocabularyOf({ outputScale }: Seq2SeqSpec, weights: ModelWeights): VocabularyLayer {
  const own = weights.find(`${vocabularyLayer}.weight`) !== undefined;
  const name = own ? vocabularyLayer : sharedEmbeddings;
  const last = (trained?: ReadonlyMap<string, tf.Tensor>): LinearWeights => {
    const bias = weights.find(logitsBias);
    const layer = weights.linear(name, trained);
    return bias ? { ...layer, bias: tf.reshape<tf.Rank.R1>(bias, [-1]) } : layer;
  };
  return {
    features: (rows) => (outputScale === 1 ? rows : tf.mul(rows, outputScale)),
    scores: (features, trained) => linear(features, last(trained)),
    words: (ids, trained) => rowsOfLinear(last(trained), ids),
  };
}
