import { gelu } from '../../ops/activation.ts';
import type { EncoderSpec } from '../encoder/encoder-spec.ts';
import { vocabularySpec } from '../encoder/vocabulary-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import { bert, bertNames } from './bert.ts';

/**
 * ELECTRA: BERT's layers on embeddings of a width of their own, and a head in place of the pooler.
 *
 * @see Clark et al. (2020), arXiv:2003.10555
 */
export function electra(config: HuggingFaceConfig): EncoderSpec {
  const spec = bert(config);
  const { hiddenSize } = spec.geometry;
  const embeddingSize = config.size('embedding_size', 128);
  const { output, dropoutRate } = spec.heads.token;
  return {
    ...spec,
    geometry: { ...spec.geometry, family: 'electra', embeddingSize },
    checkpointPrefix: 'electra.',
    projection:
      embeddingSize === hiddenSize
        ? null
        : { name: 'embeddings_project', place: 'behind-norm', hasBias: true },
    names: { ...bertNames, pooler: null },
    heads: {
      sequence: {
        dense: { name: 'classifier.dense', activation: 'gelu' },
        output: 'classifier.out_proj',
        dropoutRate,
      },
      choice: {
        dense: { name: 'sequence_summary.summary', activation: 'gelu' },
        output: 'classifier',
        dropoutRate: config.number('summary_last_dropout', 0.1),
      },
      token: { output, dropoutRate },
      span: spec.heads.span,
    },
    // Of a generator; a discriminator's checkpoint has none.
    vocabulary: [
      vocabularySpec(config, {
        dense: 'generator_predictions.dense',
        norm: 'generator_predictions.LayerNorm',
        activation: gelu,
        decoder: 'generator_lm_head',
      }),
    ],
  };
}
