import type { Activation } from '../../ops/activation.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';

/**
 * The head that a masked language model puts on an encoder: a dense layer to the width of the
 * embeddings with its activation and a norm, and one score a word.
 */
export interface VocabularySpec {
  readonly dense: string;
  readonly norm: string;
  readonly activation: Activation;
  /** Checkpoint names of the scores' bias; the first that is there is the one that counts. */
  readonly biases: readonly string[];
  /** The last layer's own weight without `.weight`; null where it is that of the word embeddings. */
  readonly decoder: string | null;
}

/** How a family calls the parts of its head. */
interface VocabularyNames {
  readonly dense: string;
  readonly norm: string;
  readonly activation: Activation;
  readonly decoder: string;
  /** Of a bias beside the last layer's own, where there is one. */
  readonly bias?: string;
}

/**
 * The head as its config says: word embeddings as the last layer's weight, or one of its own.
 *
 * A tied layer shares its bias with the one that stands beside it; of an untied layer only its own
 * counts, although both are saved.
 */
export function vocabularySpec(
  config: HuggingFaceConfig,
  { dense, norm, activation, decoder, bias }: VocabularyNames,
): VocabularySpec {
  const isTied = config.boolean('tie_word_embeddings', true);
  const own = `${decoder}.bias`;
  const biases = isTied && bias ? [bias, own] : [own];
  return { dense, norm, activation, biases, decoder: isTied ? null : decoder };
}
