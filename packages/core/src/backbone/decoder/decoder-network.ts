import type { Tensor2D } from '@tensorflow/tfjs';
import { frozenProduct } from '../../ops/linear.ts';
import type { Network } from '../network.ts';
import type { Weights } from '../weights/weights.ts';
import { decode, keysAndValues } from './decoder.ts';
import { vocabularyLayer } from './decoder-parameters.ts';
import type { DecoderSpec } from './decoder-spec.ts';
import { DecoderWeights } from './decoder-weights.ts';

/** A causal decoder with its weights, which it owns. */
export function decoderNetwork(spec: DecoderSpec, source: Weights, id: string): Network {
  const weights = new DecoderWeights(spec, source, id);
  const { heads, names, isTied } = spec;
  // `[vocabulary, hidden]`, checked when they were loaded.
  const wordEmbeddings = () => weights.get(`${names.wordEmbeddings}.weight`) as Tensor2D;
  const vocabulary = () =>
    isTied ? wordEmbeddings() : (weights.get(`${vocabularyLayer}.weight`) as Tensor2D);
  return {
    geometry: spec.geometry,
    checkpointPrefix: spec.checkpointPrefix,
    parameters: weights.parameters,
    heads: {
      'sequence-classification': {
        output: heads.sequence.output,
        hasBias: false,
        dropoutRate: 0,
        pooler: null,
      },
      'token-classification': { ...heads.token, pooler: null },
    },
    weight: (name) => weights.get(name),
    wordEmbeddings,
    vocabularyLogits: (rows) => frozenProduct(rows, vocabulary(), false),
    keysAndValues: (batch) => keysAndValues(spec, weights, batch),
    forward: (batch, prompt, options) => decode({ spec, weights, batch, prompt, options }),
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}
