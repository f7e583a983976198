import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { VocabularySpec } from './vocabulary-spec.ts';

/** The head that a checkpoint has, with the name of its bias; null where it has none. */
export function vocabularyHeadOf({ vocabulary }: EncoderSpec, has: (name: string) => boolean) {
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
  const head = vocabularyHeadOf(spec, has);
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
