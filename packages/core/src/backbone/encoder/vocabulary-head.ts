import type * as tf from '@tensorflow/tfjs';
import { addNorm } from '../../ops/add-norm.ts';
import { type LinearWeights, linear } from '../../ops/linear.ts';
import { rowsOfLinear } from '../../ops/linear-rows.ts';
import type { VocabularyLayer } from '../../task/head.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights, TrainedWeights } from './encoder-weights.ts';
import { vocabularyHeadOf } from './vocabulary-parameters.ts';

/** What the checkpoint has to score its vocabulary with; null where it has no head for it. */
export function vocabularyLayerOf(
  spec: EncoderSpec,
  weights: EncoderWeights,
): VocabularyLayer | null {
  const names = new Set(weights.parameters.map(({ name }) => name));
  const head = vocabularyHeadOf(spec, (name) => names.has(name));
  if (!head) return null;
  const table = `${head.decoder ?? spec.names.wordEmbeddings}.weight`;
  const last = (trained?: TrainedWeights): LinearWeights => ({
    weight: weights.get(table, trained) as tf.Tensor2D, // Checked when it was loaded.
    bias: weights.get(head.bias, trained) as tf.Tensor1D,
    trained: { weight: trained?.has(table) ?? false, bias: trained?.has(head.bias) ?? false },
  });
  return {
    features: (rows, trained) => {
      const dense = head.activation(linear(rows, weights.linear(head.dense, trained)));
      return addNorm(dense, null, weights.norm(head.norm, trained));
    },
    scores: (features, trained) => linear(features, last(trained)),
    words: (ids, trained) => rowsOfLinear(last(trained), ids),
  };
}
