import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { EncoderNames, EncoderSpec } from '../encoder/encoder-spec.ts';
import { vocabularySpec } from '../encoder/vocabulary-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';

/** Names that BERT and RoBERTa share. */
export const bertNames: EncoderNames = {
  wordEmbeddings: 'embeddings.word_embeddings',
  positionEmbeddings: 'embeddings.position_embeddings',
  tokenTypeEmbeddings: 'embeddings.token_type_embeddings',
  embeddingNorm: 'embeddings.LayerNorm',
  layer: (index) => ({
    query: `encoder.layer.${index}.attention.self.query`,
    key: `encoder.layer.${index}.attention.self.key`,
    value: `encoder.layer.${index}.attention.self.value`,
    attentionOutput: `encoder.layer.${index}.attention.output.dense`,
    attentionNorm: `encoder.layer.${index}.attention.output.LayerNorm`,
    intermediate: `encoder.layer.${index}.intermediate.dense`,
    output: `encoder.layer.${index}.output.dense`,
    outputNorm: `encoder.layer.${index}.output.LayerNorm`,
  }),
  pooler: 'pooler.dense',
};

/** @see Devlin et al. (2019), arXiv:1810.04805 */
export function bert(config: HuggingFaceConfig): EncoderSpec {
  return bertWith(config, config.size('type_vocab_size', 2));
}

/** What BERT's relatives have in common with it, with a number of token types of their own. */
export function bertWith(config: HuggingFaceConfig, tokenTypes: number): EncoderSpec {
  config.require('position_embedding_type', 'absolute');
  config.require('is_decoder', false);
  config.require('add_cross_attention', false);
  const numHeads = config.size('num_attention_heads');
  const hiddenSize = config.size('hidden_size');
  const hiddenDropout = config.number('hidden_dropout_prob', 0.1);
  const headDropout = config.number('classifier_dropout', hiddenDropout);
  const activation = findActivation(config.oneOf('hidden_act', activationNames, 'gelu')) ?? gelu;
  return {
    geometry: {
      family: 'bert',
      architecture: 'encoder',
      attentionSites: ['encoder'],
      numLayers: config.size('num_hidden_layers'),
      numHeads,
      numKeyValueHeads: numHeads,
      headSize: hiddenSize / numHeads,
      hiddenSize,
      embeddingSize: hiddenSize,
      vocabularySize: config.size('vocab_size'),
      maxPositions: config.size('max_position_embeddings'),
    },
    activation,
    intermediateSize: config.size('intermediate_size'),
    epsilon: config.number('layer_norm_eps', 1e-12),
    dropout: {
      hidden: hiddenDropout,
      attention: config.number('attention_probs_dropout_prob', 0.1),
    },
    firstPosition: 0,
    tokenTypes,
    checkpointPrefix: 'bert.',
    projection: null,
    disentangled: null,
    names: bertNames,
    heads: {
      sequence: { output: 'classifier', dropoutRate: headDropout },
      token: { output: 'classifier', dropoutRate: headDropout },
      span: { output: 'qa_outputs', dropoutRate: 0 },
    },
    vocabulary: [
      vocabularySpec(config, {
        dense: 'cls.predictions.transform.dense',
        norm: 'cls.predictions.transform.LayerNorm',
        activation,
        decoder: 'cls.predictions.decoder',
        bias: 'cls.predictions.bias',
      }),
    ],
  };
}
