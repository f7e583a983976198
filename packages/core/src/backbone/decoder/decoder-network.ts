import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type LinearWeights, project } from '../../ops/linear.ts';
import { rowsOfLinear } from '../../ops/linear-rows.ts';
import { scoreVocabulary, type VocabularyLayer } from '../../task/head.ts';
import type { Network } from '../network.ts';
import { ModelWeights } from '../weights/model-weights.ts';
import type { WeightsOrigin } from '../weights/precision.ts';
import type { Weights } from '../weights/weights.ts';
import { decode, keysAndValues } from './decoder.ts';
import { decoderParameters, vocabularyLayer } from './decoder-parameters.ts';
import type { DecoderSpec } from './decoder-spec.ts';

/** A causal decoder with its weights, which it owns. */
export function decoderNetwork(spec: DecoderSpec, source: Weights, origin: WeightsOrigin): Network {
  const weights = new ModelWeights(
    {
      parameters: decoderParameters(spec, (name) => source.has(name)),
      prefix: spec.checkpointPrefix,
      isTransposed: spec.isTransposed,
    },
    source,
    origin,
  );
  const { heads, names } = spec;
  // `[vocabulary, hidden]`, checked when it was loaded.
  const wordEmbeddings = () => weights.get(`${names.wordEmbeddings}.weight`) as Tensor2D;
  const vocabulary = vocabularyOf(spec, weights);
  const sequence = {
    output: heads.sequence.output,
    hasBias: false,
    dropoutRate: 0,
    pooler: null,
  };
  return {
    geometry: spec.geometry,
    // The vocabulary layer stands beside the decoder.
    taskModelName: (parameter) =>
      parameter.startsWith(`${vocabularyLayer}.`) ? parameter : spec.checkpointPrefix + parameter,
    parameters: weights.parameters,
    heads: {
      'sequence-classification': sequence,
      'multiple-choice': sequence,
      'token-classification': { ...heads.token, pooler: null },
      ...(vocabulary && {
        'causal-language-modeling': {
          output: vocabularyLayer,
          dropoutRate: 0,
          pooler: null,
          vocabularyLogits: scoreVocabulary(vocabulary),
        },
      }),
    },
    vocabulary,
    weight: (name) => weights.get(name),
    wordEmbeddings,
    keysAndValues: (batch) => keysAndValues(spec, weights, batch),
    forward: (batch, prompt, options) => decode({ spec, weights, batch, prompt, options }),
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}

/** Scores by the word embeddings or by a layer of their own; null without either. */
function vocabularyOf(
  { isTied, names }: DecoderSpec,
  weights: ModelWeights,
): VocabularyLayer | null {
  const name = isTied ? names.wordEmbeddings : vocabularyLayer;
  if (!weights.find(`${name}.weight`)) return null;
  // GPT-2 stores linear layers the other way round, but not this one.
  const last = (trained?: ReadonlyMap<string, Tensor>): LinearWeights => ({
    ...weights.linear(name, trained),
    isTransposed: false,
  });
  return {
    features: (rows) => rows,
    scores: (features, trained) => project(features, last(trained)).product,
    words: (ids, trained) => rowsOfLinear(last(trained), ids),
  };
}
