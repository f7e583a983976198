import type { Tensor2D } from '@tensorflow/tfjs';
import { project } from '../../ops/linear.ts';
import type { HeadGeometry } from '../../task/head.ts';
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
  const vocabularyLogits = vocabularyOf(spec, weights);
  return {
    geometry: spec.geometry,
    // The vocabulary layer stands beside the decoder.
    taskModelName: (parameter) =>
      parameter.startsWith(`${vocabularyLayer}.`) ? parameter : spec.checkpointPrefix + parameter,
    parameters: weights.parameters,
    heads: {
      'sequence-classification': {
        output: heads.sequence.output,
        hasBias: false,
        dropoutRate: 0,
        pooler: null,
      },
      'token-classification': { ...heads.token, pooler: null },
      ...(vocabularyLogits && {
        'causal-language-modeling': {
          output: vocabularyLayer,
          dropoutRate: 0,
          pooler: null,
          vocabularyLogits,
        },
      }),
    },
    vocabularyLogits,
    weight: (name) => weights.get(name),
    wordEmbeddings,
    keysAndValues: (batch) => keysAndValues(spec, weights, batch),
    forward: (batch, prompt, options) => decode({ spec, weights, batch, prompt, options }),
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}

/** Scores of the vocabulary, from the word embeddings or a layer of their own; null without either. */
function vocabularyOf({ isTied, names }: DecoderSpec, weights: ModelWeights) {
  const name = isTied ? names.wordEmbeddings : vocabularyLayer;
  if (!weights.find(`${name}.weight`)) return null;
  const logits: NonNullable<HeadGeometry['vocabularyLogits']> = (rows, trained) =>
    project(rows, { ...weights.linear(name, trained), isTransposed: false }).product;
  return logits;
}
