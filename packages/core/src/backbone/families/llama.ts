import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { DecoderNames, DecoderSpec } from '../decoder/decoder-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import { rotaryFrequencies } from './rotary-frequencies.ts';

/** Names that Llama and its relatives share. */
export const llamaNames: DecoderNames = {
  wordEmbeddings: 'embed_tokens',
  positionEmbeddings: null,
  finalNorm: 'norm',
  layer: (index) => ({
    attentionNorm: `layers.${index}.input_layernorm`,
    attention: {
      query: `layers.${index}.self_attn.q_proj`,
      key: `layers.${index}.self_attn.k_proj`,
      value: `layers.${index}.self_attn.v_proj`,
    },
    headNorms: null,
    attentionOutput: `layers.${index}.self_attn.o_proj`,
    feedForwardNorm: `layers.${index}.post_attention_layernorm`,
    gate: `layers.${index}.mlp.gate_proj`,
    intermediate: `layers.${index}.mlp.up_proj`,
    output: `layers.${index}.mlp.down_proj`,
  }),
};

/** @see Touvron et al. (2023), arXiv:2302.13971 */
export function llama(config: HuggingFaceConfig): DecoderSpec {
  const attentionBias = config.boolean('attention_bias', false);
  return {
    ...llamaLike(config, 'llama'),
    biases: {
      attention: attentionBias,
      attentionOutput: attentionBias,
      feedForward: config.boolean('mlp_bias', false),
    },
  };
}

/** What Llama's relatives read off their configs alike. */
export function llamaLike(config: HuggingFaceConfig, family: string): DecoderSpec {
  const numHeads = config.size('num_attention_heads', 32);
  const hiddenSize = config.size('hidden_size', 4096);
  const headSize = config.size('head_dim', Math.floor(hiddenSize / numHeads));
  return {
    geometry: {
      family,
      architecture: 'decoder',
      attentionSites: ['decoder'],
      numLayers: config.size('num_hidden_layers', 32),
      numHeads,
      numKeyValueHeads: config.size('num_key_value_heads', numHeads),
      headSize,
      hiddenSize,
      embeddingSize: hiddenSize,
      vocabularySize: config.size('vocab_size', 32000),
      maxPositions: config.size('max_position_embeddings', 2048),
    },
    activation: findActivation(config.oneOf('hidden_act', activationNames, 'silu')) ?? gelu,
    intermediateSize: config.size('intermediate_size', 11008),
    norm: { kind: 'rms', epsilon: config.number('rms_norm_eps', 1e-6) },
    frequencies: rotaryFrequencies(config, headSize),
    dropout: { embeddings: 0, attention: config.number('attention_dropout', 0), hidden: 0 },
    isTransposed: false,
    biases: { attention: false, attentionOutput: false, feedForward: false },
    isTied: config.boolean('tie_word_embeddings', false),
    checkpointPrefix: 'model.',
    names: llamaNames,
    heads: {
      sequence: { output: 'score' },
      token: {
        output: 'score',
        dropoutRate: config.number('classifier_dropout', config.number('hidden_dropout', 0.1)),
      },
    },
  };
}
