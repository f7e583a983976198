import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import type { AttentionNames, Seq2SeqSpec, StackSpec } from '../seq2seq/seq2seq-spec.ts';

/**
 * T5, and its version 1.1 with gated feed-forward blocks, of which FLAN-T5 is one.
 *
 * @see Raffel et al. (2019), arXiv:1910.10683; Chung et al. (2022), arXiv:2210.11416
 */
export function t5(config: HuggingFaceConfig): Seq2SeqSpec {
  config.require('is_encoder_decoder', true);
  config.require('is_decoder', false);
  const hiddenSize = config.size('d_model', 512);
  const numLayers = config.size('num_layers', 6);
  config.requireSize('num_decoder_layers', numLayers, numLayers);
  const numHeads = config.size('num_heads', 8);
  const vocabularySize = config.size('vocab_size', 32128);
  const dropout = config.number('dropout_rate', 0.1);
  const { isGated, activation } = feedForwardOf(config);
  const stack = (site: 'encoder' | 'decoder') => stackOf(site, config.size('d_ff', 2048), isGated);
  return {
    geometry: {
      family: 't5',
      architecture: 'encoder-decoder',
      attentionSites: ['encoder', 'decoder', 'cross'],
      numLayers,
      numHeads,
      numKeyValueHeads: numHeads,
      headSize: config.size('d_kv', 64),
      hiddenSize,
      embeddingSize: hiddenSize,
      vocabularySize,
      maxPositions: config.size('n_positions', 512),
    },
    activation: findActivation(activation) ?? gelu,
    norm: { place: 'before', epsilon: config.number('layer_norm_epsilon', 1e-6) },
    hasBias: false,
    attentionScale: 1,
    embeddingScale: 1,
    firstPosition: 0,
    buckets: bucketsOf(config),
    dropout: { hidden: dropout, attention: dropout, activation: dropout, final: dropout },
    startToken: config.token('decoder_start_token_id', vocabularySize),
    paddingToken: config.token('pad_token_id', vocabularySize, 0),
    outputScale: scalesOutput(config) ? hiddenSize ** -0.5 : 1,
    hasLogitsBias: false,
    checkpointPrefix: '',
    encoder: stack('encoder'),
    decoder: stack('decoder'),
  };
}

/** Whether a config says so itself; else the first release does, whose embeddings are tied. */
function scalesOutput(config: HuggingFaceConfig): boolean {
  return config.boolean('scale_decoder_outputs', config.boolean('tie_word_embeddings', true));
}

/** Saved configs name both parts on their own too, and these count. */
function feedForwardOf(config: HuggingFaceConfig) {
  const gated = activationNames.map((name) => `gated-${name}`);
  const kind = config.oneOf('feed_forward_proj', [...activationNames, ...gated], 'relu');
  // The one name that does not mean the activation it names.
  const named = kind === 'gated-gelu' ? 'gelu_new' : kind.replace('gated-', '');
  return {
    isGated: config.boolean('is_gated_act', kind.startsWith('gated-')),
    activation: config.oneOf('dense_act_fn', activationNames, named),
  };
}

/** Buckets of an encoder are for keys before and behind a query, and half of each for near ones. */
function bucketsOf(config: HuggingFaceConfig): Seq2SeqSpec['buckets'] {
  const buckets = config.size('relative_attention_num_buckets', 32, 4);
  const nearest = Math.floor(buckets / 2) + 1;
  const maxDistance = config.size('relative_attention_max_distance', 128, nearest);
  return { buckets, maxDistance };
}

function stackOf(
  site: 'encoder' | 'decoder',
  intermediateSize: number,
  isGated: boolean,
): StackSpec {
  const attention = (block: string, module: string): AttentionNames => ({
    query: `${block}.${module}.q`,
    key: `${block}.${module}.k`,
    value: `${block}.${module}.v`,
    output: `${block}.${module}.o`,
    norm: `${block}.layer_norm`,
  });
  return {
    intermediateSize,
    positions: null,
    relativeTable: `${site}.block.0.layer.0.SelfAttention.relative_attention_bias`,
    finalNorm: `${site}.final_layer_norm`,
    layer: (index) => {
      const blocks = `${site}.block.${index}.layer`;
      const last = `${blocks}.${site === 'decoder' ? 2 : 1}`;
      return {
        self: attention(`${blocks}.0`, 'SelfAttention'),
        cross: site === 'decoder' ? attention(`${blocks}.1`, 'EncDecAttention') : null,
        feedForward: {
          gate: isGated ? `${last}.DenseReluDense.wi_0` : null,
          intermediate: `${last}.DenseReluDense.${isGated ? 'wi_1' : 'wi'}`,
          output: `${last}.DenseReluDense.wo`,
          norm: `${last}.layer_norm`,
        },
      };
    },
  };
}
