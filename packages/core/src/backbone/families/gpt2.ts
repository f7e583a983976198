import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { DecoderNames, DecoderSpec } from '../decoder/decoder-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';

const names: DecoderNames = {
  wordEmbeddings: 'wte',
  positionEmbeddings: 'wpe',
  finalNorm: 'ln_f',
  layer: (index) => ({
    attentionNorm: `h.${index}.ln_1`,
    attention: { packed: `h.${index}.attn.c_attn` },
    headNorms: null,
    attentionOutput: `h.${index}.attn.c_proj`,
    feedForwardNorm: `h.${index}.ln_2`,
    gate: null,
    intermediate: `h.${index}.mlp.c_fc`,
    output: `h.${index}.mlp.c_proj`,
  }),
};

/** @see Radford et al. (2019), Language Models are Unsupervised Multitask Learners */
export function gpt2(config: HuggingFaceConfig): DecoderSpec {
  config.require('scale_attn_weights', true);
  config.require('scale_attn_by_inverse_layer_idx', false);
  config.require('reorder_and_upcast_attn', false);
  config.require('add_cross_attention', false);
  const numHeads = config.size('n_head', 12);
  const hiddenSize = config.size('n_embd', 768);
  const hidden = config.number('resid_pdrop', 0.1);
  return {
    geometry: {
      family: 'gpt2',
      architecture: 'decoder',
      attentionSites: ['decoder'],
      numLayers: config.size('n_layer', 12),
      numHeads,
      numKeyValueHeads: numHeads,
      headSize: hiddenSize / numHeads,
      hiddenSize,
      embeddingSize: hiddenSize,
      vocabularySize: config.size('vocab_size', 50257),
      maxPositions: config.size('n_positions', 1024),
    },
    activation:
      findActivation(config.oneOf('activation_function', activationNames, 'gelu_new')) ?? gelu,
    intermediateSize: config.size('n_inner', 4 * hiddenSize),
    norm: { kind: 'layer', epsilon: config.number('layer_norm_epsilon', 1e-5) },
    frequencies: null,
    dropout: {
      embeddings: config.number('embd_pdrop', 0.1),
      attention: config.number('attn_pdrop', 0.1),
      hidden,
    },
    isTransposed: true,
    biases: { attention: true, attentionOutput: true, feedForward: true },
    isTied: config.boolean('tie_word_embeddings', true),
    checkpointPrefix: 'transformer.',
    names,
    heads: {
      sequence: { output: 'score' },
      token: {
        output: 'classifier',
        dropoutRate: config.number('classifier_dropout', config.number('hidden_dropout', 0.1)),
      },
    },
  };
}
