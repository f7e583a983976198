import { gelu } from '../../ops/activation.ts';
import type { EncoderSpec } from '../encoder/encoder-spec.ts';
import { vocabularySpec } from '../encoder/vocabulary-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import { bert, bertNames } from './bert.ts';

/**
 * RoBERTa: BERT's layers, positions that start behind the padding id, and a head of its own in
 * place of the pooler.
 *
 * @see Liu et al. (2019), arXiv:1907.11692
 */
export function roberta(config: HuggingFaceConfig): EncoderSpec {
  const spec = bert(config);
  const firstPosition = config.size('pad_token_id', 1, 0) + 1;
  const { output, dropoutRate } = spec.heads.token;
  return {
    ...spec,
    geometry: {
      ...spec.geometry,
      family: 'roberta',
      maxPositions: spec.geometry.maxPositions - firstPosition,
    },
    firstPosition,
    checkpointPrefix: 'roberta.',
    names: { ...bertNames, pooler: null },
    heads: {
      sequence: {
        dense: { name: 'classifier.dense', activation: 'tanh' },
        output: 'classifier.out_proj',
        dropoutRate,
      },
      // Transformers has the encoder's pooler here, which no pretraining ever trained.
      choice: {
        dense: { name: 'roberta.pooler.dense', activation: 'tanh' },
        output: 'classifier',
        dropoutRate,
      },
      token: { output, dropoutRate },
      span: spec.heads.span,
    },
    vocabulary: [
      vocabularySpec(config, {
        dense: 'lm_head.dense',
        norm: 'lm_head.layer_norm',
        activation: gelu,
        decoder: 'lm_head.decoder',
        bias: 'lm_head.bias',
      }),
    ],
  };
}
