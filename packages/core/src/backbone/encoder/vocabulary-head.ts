import type * as tf from '@tensorflow/tfjs';
import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { type LinearWeights, linear } from '../../ops/linear.ts';
import { rowsOfLinear } from '../../ops/linear-rows.ts';
import type { VocabularyLayer } from '../../task/head.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights, TrainedWeights } from './encoder-weights.ts';
import type { VocabularySpec } from './vocabulary-spec.ts';

/** The head that a checkpoint has, with the name of its bias; null where it has none. */
function headOf({ vocabulary }: EncoderSpec, has: (name: string) => boolean) {
  for (const head of vocabulary) {
    const bias = head.biases.find(has);
    if (bias && has(`${head.dense}.weight`)) return { ...head, bias };
  }
  return null;
}

/** The weights of the head that a checkpoint has; the word embeddings are not among them. */
export function vocabularyParameters(
  spec: EncoderSpec,
  has: (name: string) => boolean,
): BackboneParameter[] {
  const head = headOf(spec, has);
  if (!head) return [];
  const { hiddenSize, embeddingSize, vocabularySize } = spec.geometry;
  const shapes = {
    [`${head.dense}.weight`]: [embeddingSize, hiddenSize],
    [`${head.dense}.bias`]: [embeddingSize],
    [`${head.norm}.weight`]: [embeddingSize],
    [`${head.norm}.bias`]: [embeddingSize],
    ...(head.decoder && { [`${head.decoder}.weight`]: [vocabularySize, embeddingSize] }),
    [head.bias]: [vocabularySize],
  };
  return Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    layer: null,
    head: 'vocabulary',
  }));
}

/** Whether a parameter is one of a head for the vocabulary, which stands beside the encoder. */
export function isVocabularyParameter({ vocabulary }: EncoderSpec, parameter: string): boolean {
  const isOf = ({ dense, norm, biases, decoder }: VocabularySpec): boolean =>
    biases.includes(parameter) ||
    [dense, norm, decoder].some((module) => module && parameter.startsWith(`${module}.`));
  return vocabulary.some(isOf);
}

/** What the checkpoint has to score its vocabulary with; null where it has no head for it. */
export function vocabularyLayerOf(
  spec: EncoderSpec,
  weights: EncoderWeights,
): VocabularyLayer | null {
  const names = new Set(weights.parameters.map(({ name }) => name));
  const head = headOf(spec, (name) => names.has(name));
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
