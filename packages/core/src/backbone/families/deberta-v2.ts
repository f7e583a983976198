import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type {
  ConvolutionSpec,
  DisentangledSpec,
  RelativeSpec,
} from '../encoder/disentangled-spec.ts';
import type { EncoderNames, EncoderSpec } from '../encoder/encoder-spec.ts';
import type { VocabularySpec } from '../encoder/vocabulary-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import { bertNames, bertWith } from './bert.ts';

/**
 * DeBERTa v2 and v3: BERT's layers with disentangled attention, and a pooler with an activation of
 * its own.
 *
 * @see He et al. (2020), arXiv:2006.03654; He et al. (2021), arXiv:2111.09543
 */
export function debertaV2(config: HuggingFaceConfig): EncoderSpec {
  const tokenTypes = config.size('type_vocab_size', 0, 0);
  const spec = bertWith(config, tokenTypes);
  const { hiddenSize, headSize } = spec.geometry;
  // Transformers cannot run other sizes either.
  config.require('attention_head_size', headSize);
  config.require('pooler_hidden_size', hiddenSize);
  const embeddingSize = config.size('embedding_size', hiddenSize);
  const poolerActivation = config.oneOf('pooler_hidden_act', activationNames, 'gelu');
  const dropoutRate = spec.dropout.hidden;
  return {
    ...spec,
    geometry: { ...spec.geometry, family: 'deberta-v2', embeddingSize },
    epsilon: config.number('layer_norm_eps', 1e-7),
    checkpointPrefix: 'deberta.',
    projection:
      embeddingSize === hiddenSize
        ? null
        : { name: 'embeddings.embed_proj', place: 'before-norm', hasBias: false },
    names: namesOf(config.boolean('position_biased_input', true), tokenTypes > 0),
    disentangled: disentangledOf(config),
    pooling: {
      activation: findActivation(poolerActivation) ?? gelu,
      dropoutRate: config.number('pooler_dropout', 0),
    },
    heads: {
      sequence: {
        output: 'classifier',
        dropoutRate: config.number('cls_dropout', dropoutRate),
      },
      token: { output: 'classifier', dropoutRate },
      span: { output: 'qa_outputs', dropoutRate: 0 },
    },
    vocabulary: vocabularyOf(config, spec),
  };
}

/** BERT's head, or the one of DeBERTa's authors, which always scores by the word embeddings. */
function vocabularyOf(
  config: HuggingFaceConfig,
  { activation, vocabulary: [legacy] }: EncoderSpec,
): readonly VocabularySpec[] {
  const own: VocabularySpec = {
    dense: 'lm_predictions.lm_head.dense',
    norm: 'lm_predictions.lm_head.LayerNorm',
    activation,
    biases: ['lm_predictions.lm_head.bias'],
    decoder: null,
  };
  const candidates = legacy ? [legacy, own] : [own];
  // Checkpoints hold one of the two, whatever their config says; where both are there, it decides.
  return config.boolean('legacy', true) ? candidates : candidates.toReversed();
}

function namesOf(hasPositions: boolean, hasTokenTypes: boolean): EncoderNames {
  return {
    ...bertNames,
    positionEmbeddings: hasPositions ? bertNames.positionEmbeddings : null,
    tokenTypeEmbeddings: hasTokenTypes ? bertNames.tokenTypeEmbeddings : null,
    layer: (index) => ({
      ...bertNames.layer(index),
      query: `${attentionOf(index)}.query_proj`,
      key: `${attentionOf(index)}.key_proj`,
      value: `${attentionOf(index)}.value_proj`,
    }),
  };
}

function attentionOf(layer: number): string {
  return `encoder.layer.${layer}.attention.self`;
}

function disentangledOf(config: HuggingFaceConfig): DisentangledSpec {
  const kinds = config.words('pos_att_type', ['c2p', 'p2c']);
  return {
    // They count towards the scale of the scores even where relative attention is off.
    scoreKinds: 1 + new Set(kinds).size,
    relative: config.boolean('relative_attention', false) ? relativeOf(config, kinds) : null,
    convolution: convolutionOf(config),
  };
}

function relativeOf(config: HuggingFaceConfig, kinds: readonly string[]): RelativeSpec {
  const buckets = Math.max(0, config.size('position_buckets', -1, -1));
  const most = config.size('max_relative_positions', -1, -1);
  const maxDistance = most < 1 ? config.size('max_position_embeddings') : most;
  const isShared = config.boolean('share_att_key', false);
  const map = (shared: string, own: string) => (layer: number) =>
    `${attentionOf(layer)}.${isShared ? shared : own}`;
  const norms = config.words('norm_rel_ebd', ['none', 'layer_norm']);
  return {
    table: 'encoder.rel_embeddings',
    norm: norms.includes('layer_norm') ? 'encoder.LayerNorm' : null,
    span: buckets > 0 ? buckets : maxDistance,
    buckets,
    maxDistance,
    positionKey: kinds.includes('c2p') ? map('key_proj', 'pos_key_proj') : null,
    positionQuery: kinds.includes('p2c') ? map('query_proj', 'pos_query_proj') : null,
  };
}

function convolutionOf(config: HuggingFaceConfig): ConvolutionSpec | null {
  const size = config.size('conv_kernel_size', 0, 0);
  if (size === 0) return null;
  if (size % 2 === 0) throw config.refusal('conv_kernel_size', 'an odd number');
  config.require('conv_groups', 1);
  const activation = config.oneOf('conv_act', activationNames, 'tanh');
  return {
    name: 'encoder.conv.conv',
    norm: 'encoder.conv.LayerNorm',
    size,
    activation: findActivation(activation) ?? gelu,
  };
}
