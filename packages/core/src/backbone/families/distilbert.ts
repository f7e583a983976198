import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { EncoderNames, EncoderSpec } from '../encoder/encoder-spec.ts';
import { vocabularySpec } from '../encoder/vocabulary-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';

const names: EncoderNames = {
  wordEmbeddings: 'embeddings.word_embeddings',
  positionEmbeddings: 'embeddings.position_embeddings',
  tokenTypeEmbeddings: null,
  embeddingNorm: 'embeddings.LayerNorm',
  layer: (index) => ({
    query: `transformer.layer.${index}.attention.q_lin`,
    key: `transformer.layer.${index}.attention.k_lin`,
    value: `transformer.layer.${index}.attention.v_lin`,
    attentionOutput: `transformer.layer.${index}.attention.out_lin`,
    attentionNorm: `transformer.layer.${index}.sa_layer_norm`,
    intermediate: `transformer.layer.${index}.ffn.lin1`,
    output: `transformer.layer.${index}.ffn.lin2`,
    outputNorm: `transformer.layer.${index}.output_layer_norm`,
  }),
  pooler: null,
};

/** @see Sanh et al. (2019), arXiv:1910.01108 */
export function distilbert(config: HuggingFaceConfig): EncoderSpec {
  const numHeads = config.size('n_heads', 12);
  const hiddenSize = config.size('dim', 768);
  const hidden = config.number('dropout', 0.1);
  const activation = findActivation(config.oneOf('activation', activationNames, 'gelu')) ?? gelu;
  return {
    geometry: {
      family: 'distilbert',
      architecture: 'encoder',
      attentionSites: ['encoder'],
      numLayers: config.size('n_layers', 6),
      numHeads,
      numKeyValueHeads: numHeads,
      headSize: hiddenSize / numHeads,
      hiddenSize,
      embeddingSize: hiddenSize,
      vocabularySize: config.size('vocab_size', 30522),
      maxPositions: config.size('max_position_embeddings', 512),
    },
    activation,
    intermediateSize: config.size('hidden_dim', 3072),
    epsilon: 1e-12,
    dropout: { hidden, attention: config.number('attention_dropout', 0.1) },
    firstPosition: 0,
    tokenTypes: 0,
    checkpointPrefix: 'distilbert.',
    projection: null,
    disentangled: null,
    names,
    heads: {
      sequence: {
        dense: { name: 'pre_classifier', activation: 'relu' },
        output: 'classifier',
        dropoutRate: config.number('seq_classif_dropout', 0.2),
      },
      token: { output: 'classifier', dropoutRate: hidden },
      span: { output: 'qa_outputs', dropoutRate: config.number('qa_dropout', 0.1) },
    },
    vocabulary: [
      vocabularySpec(config, {
        dense: 'vocab_transform',
        norm: 'vocab_layer_norm',
        activation,
        decoder: 'vocab_projector',
      }),
    ],
  };
}
