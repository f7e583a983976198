import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { LayerPrefix } from '../../contract/prompt.ts';
import { toHeads } from '../../ops/attention-heads.ts';
import { linear } from '../../ops/linear.ts';
import type { HeadGeometry } from '../../task/head.ts';
import type { Network } from '../network.ts';
import type { WeightsOrigin } from '../weights/precision.ts';
import type { Weights } from '../weights/weights.ts';
import { attentionInputs, encode } from './encoder.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import { EncoderWeights } from './encoder-weights.ts';
import { vocabularyLayerOf } from './vocabulary-head.ts';
import { isVocabularyParameter } from './vocabulary-parameters.ts';

/** An encoder with its weights, which it owns. */
export function encoderNetwork(spec: EncoderSpec, source: Weights, origin: WeightsOrigin): Network {
  const weights = new EncoderWeights(spec, source, origin);
  return {
    geometry: spec.geometry,
    taskModelName: (parameter) =>
      isOutside(spec, parameter) ? parameter : spec.checkpointPrefix + parameter,
    parameters: weights.parameters,
    heads: headsOf(spec, weights),
    vocabulary: vocabularyLayerOf(spec, weights),
    weight: (name) => weights.get(name),
    // `[vocabulary, hidden]`, checked when it was loaded.
    wordEmbeddings: () => weights.get(`${spec.names.wordEmbeddings}.weight`) as tf.Tensor2D,
    keysAndValues: (batch) => keysAndValues(spec, weights, batch),
    forward: (batch, prompt, options) => encode(spec, weights, batch, prompt, options),
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}

/** A pooler with an activation of its own belongs to the task model and not to its encoder. */
function isOutside(spec: EncoderSpec, parameter: string): boolean {
  const { pooling, names } = spec;
  const isPooler = pooling !== undefined && parameter.startsWith(`${names.pooler}.`);
  return isPooler || isVocabularyParameter(spec, parameter);
}

function headsOf(
  { heads, names, pooling }: EncoderSpec,
  weights: EncoderWeights,
): Network['heads'] {
  const name = names.pooler;
  const hasPooler = weights.parameters.some((parameter) => parameter.name === `${name}.weight`);
  const pooler: HeadGeometry['pooler'] = (first, trained) =>
    (pooling?.activation ?? tf.tanh)(linear(first, weights.linear(name ?? '', trained)));
  const pooled = {
    pooler: name && hasPooler ? pooler : null,
    poolerDropoutRate: pooling?.dropoutRate ?? 0,
  };
  return {
    'sequence-classification': { ...heads.sequence, ...pooled },
    'multiple-choice': { ...(heads.choice ?? heads.sequence), ...pooled },
    'token-classification': { ...heads.token, pooler: null },
    'question-answering': { ...heads.span, pooler: null },
  };
}

function keysAndValues(spec: EncoderSpec, weights: EncoderWeights, batch: Batch): LayerPrefix[] {
  const { numHeads, headSize } = spec.geometry;
  return attentionInputs(spec, weights, batch).map((packed) => {
    const heads = tf.squeeze<tf.Tensor3D>(toHeads(packed, { batch: 1, numHeads, headSize }), [1]);
    const [keys, values] = [1, 2].map((kind) =>
      tf.slice(heads, [kind * numHeads, 0, 0], [numHeads, -1, -1]),
    ) as [tf.Tensor3D, tf.Tensor3D];
    return { keys, values };
  });
}
