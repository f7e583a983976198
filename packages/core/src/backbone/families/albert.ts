import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { EncoderNames, EncoderSpec, LayerNames } from '../encoder/encoder-spec.ts';
import { vocabularySpec } from '../encoder/vocabulary-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';

/**
 * ALBERT: embeddings of a width of their own, and layers that share their weights by groups.
 *
 * A group may hold several layers that run one after the other (`inner_group_num`), so that there
 * are `num_hidden_layers * inner_group_num` of them, each with its own prefix.
 *
 * @see Lan et al. (2019), arXiv:1909.11942
 */
export function albert(config: HuggingFaceConfig): EncoderSpec {
  config.require('position_embedding_type', 'absolute');
  const numHeads = config.size('num_attention_heads');
  const hiddenSize = config.size('hidden_size');
  const layers = layersOf(config);
  const activation =
    findActivation(config.oneOf('hidden_act', activationNames, 'gelu_new')) ?? gelu;
  const headDropout = config.number('classifier_dropout_prob', 0.1);
  return {
    geometry: {
      family: 'albert',
      architecture: 'encoder',
      attentionSites: ['encoder'],
      numLayers: layers.length,
      numHeads,
      numKeyValueHeads: numHeads,
      headSize: hiddenSize / numHeads,
      hiddenSize,
      embeddingSize: config.size('embedding_size', 128),
      vocabularySize: config.size('vocab_size'),
      maxPositions: config.size('max_position_embeddings'),
    },
    activation,
    intermediateSize: config.size('intermediate_size'),
    epsilon: config.number('layer_norm_eps', 1e-12),
    dropout: {
      hidden: config.number('hidden_dropout_prob', 0),
      attention: config.number('attention_probs_dropout_prob', 0),
      output: 0,
    },
    firstPosition: 0,
    tokenTypes: config.size('type_vocab_size', 2),
    checkpointPrefix: 'albert.',
    projection: {
      name: 'encoder.embedding_hidden_mapping_in',
      place: 'behind-norm',
      hasBias: true,
    },
    names: namesOf(layers),
    disentangled: null,
    heads: {
      sequence: { output: 'classifier', dropoutRate: headDropout },
      token: { output: 'classifier', dropoutRate: headDropout },
      span: { output: 'qa_outputs', dropoutRate: 0 },
    },
    vocabulary: [
      vocabularySpec(config, {
        dense: 'predictions.dense',
        norm: 'predictions.LayerNorm',
        activation,
        decoder: 'predictions.decoder',
        bias: 'predictions.bias',
      }),
    ],
  };
}

/** Where the weights of each layer are stored, first layer first. */
function layersOf(config: HuggingFaceConfig): readonly string[] {
  const repeats = config.size('num_hidden_layers');
  const groups = config.size('num_hidden_groups', 1);
  const inner = config.size('inner_group_num', 1);
  return Array.from({ length: repeats * inner }, (_, layer) => {
    // Divided in this order, as Transformers does, so that rounding falls the same way.
    const group = Math.floor(Math.floor(layer / inner) / (repeats / groups));
    return `encoder.albert_layer_groups.${group}.albert_layers.${layer % inner}`;
  });
}

function namesOf(layers: readonly string[]): EncoderNames {
  return {
    wordEmbeddings: 'embeddings.word_embeddings',
    positionEmbeddings: 'embeddings.position_embeddings',
    tokenTypeEmbeddings: 'embeddings.token_type_embeddings',
    embeddingNorm: 'embeddings.LayerNorm',
    layer: (index) => layerNames(layers[index] ?? ''),
    pooler: 'pooler',
  };
}

function layerNames(layer: string): LayerNames {
  return {
    query: `${layer}.attention.query`,
    key: `${layer}.attention.key`,
    value: `${layer}.attention.value`,
    attentionOutput: `${layer}.attention.dense`,
    attentionNorm: `${layer}.attention.LayerNorm`,
    intermediate: `${layer}.ffn`,
    output: `${layer}.ffn_output`,
    outputNorm: `${layer}.full_layer_layer_norm`,
  };
}
