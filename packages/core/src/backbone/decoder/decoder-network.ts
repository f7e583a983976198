import type { Tensor2D } from '@tensorflow/tfjs';
import { project } from '../../ops/linear.ts';
import type { HeadGeometry } from '../../task/head.ts';
import type { Network } from '../network.ts';
import { ModelWeights } from '../weights/model-weights.ts';
import type { Weights } from '../weights/weights.ts';
import { decode, keysAndValues } from './decoder.ts';
import { decoderParameters, vocabularyLayer } from './decoder-parameters.ts';
import type { DecoderSpec } from './decoder-spec.ts';

/** A causal decoder with its weights, which it owns. */
export function decoderNetwork(spec: DecoderSpec, source: Weights, id: string): Network {
  const weights = new ModelWeights(
    {
      parameters: decoderParameters(spec),
      prefix: spec.checkpointPrefix,
      isTransposed: spec.isTransposed,
    },
    source,
    id,
  );
  const { heads, names, isTied } = spec;
  // `[vocabulary, hidden]`, checked when it was loaded.
  const wordEmbeddings = () => weights.get(`${names.wordEmbeddings}.weight`) as Tensor2D;
  const vocabulary = isTied ? names.wordEmbeddings : vocabularyLayer;
  const vocabularyLogits: HeadGeometry['vocabularyLogits'] = (rows, trained) =>
    project(rows, { ...weights.linear(vocabulary, trained), isTransposed: false }).product;
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
      'causal-language-modeling': {
        output: vocabularyLayer,
        dropoutRate: 0,
        pooler: null,
        vocabularyLogits,
      },
    },
    weight: (name) => weights.get(name),
    wordEmbeddings,
    vocabularyLogits,
    keysAndValues: (batch) => keysAndValues(spec, weights, batch),
    forward: (batch, prompt, options) => decode({ spec, weights, batch, prompt, options }),
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}
