import { activationNames, findActivation, gelu } from '../../ops/activation.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import type { AttentionNames, Seq2SeqSpec, StackSpec } from '../seq2seq/seq2seq-spec.ts';

/**
 * BART. Its pretraining may drop whole layers (`encoder_layerdrop`); the frozen model never does.
 *
 * @see Lewis et al. (2019), arXiv:1910.13461
 */
export function bart(config: HuggingFaceConfig): Seq2SeqSpec {
  config.require('is_encoder_decoder', true);
  config.require('is_decoder', false);
  config.require('tie_word_embeddings', true);
  const hiddenSize = config.size('d_model', 1024);
  const numLayers = config.size('encoder_layers', 12);
  config.requireSize('decoder_layers', numLayers, 12);
  const numHeads = config.size('encoder_attention_heads', 16);
  config.requireSize('decoder_attention_heads', numHeads, 16);
  const vocabularySize = config.size('vocab_size', 50265);
  const activation = config.oneOf('activation_function', activationNames, 'gelu');
  return {
    geometry: {
      family: 'bart',
      architecture: 'encoder-decoder',
      attentionSites: ['encoder', 'decoder', 'cross'],
      numLayers,
      numHeads,
      numKeyValueHeads: numHeads,
      headSize: hiddenSize / numHeads,
      hiddenSize,
      embeddingSize: hiddenSize,
      vocabularySize,
      maxPositions: config.size('max_position_embeddings', 1024),
    },
    activation: findActivation(activation) ?? gelu,
    norm: { place: 'behind', epsilon: 1e-5 },
    hasBias: true,
    attentionScale: null,
    embeddingScale: config.boolean('scale_embedding', false) ? Math.sqrt(hiddenSize) : 1,
    // The tables have two rows for what are no positions.
    firstPosition: 2,
    buckets: { buckets: 0, maxDistance: 0 },
    dropout: {
      hidden: config.number('dropout', 0.1),
      attention: config.number('attention_dropout', 0),
      activation: config.number('activation_dropout', 0),
      final: 0,
    },
    startToken: config.token('decoder_start_token_id', vocabularySize, 2),
    paddingToken: config.token('pad_token_id', vocabularySize, 1),
    outputScale: 1,
    hasLogitsBias: true,
    checkpointPrefix: 'model.',
    encoder: stackOf('encoder', config.size('encoder_ffn_dim', 4096)),
    decoder: stackOf('decoder', config.size('decoder_ffn_dim', 4096)),
  };
}

function stackOf(site: 'encoder' | 'decoder', intermediateSize: number): StackSpec {
  const attention = (module: string): AttentionNames => ({
    query: `${module}.q_proj`,
    key: `${module}.k_proj`,
    value: `${module}.v_proj`,
    output: `${module}.out_proj`,
    norm: `${module}_layer_norm`,
  });
  return {
    intermediateSize,
    positions: { table: `${site}.embed_positions`, norm: `${site}.layernorm_embedding` },
    relativeTable: null,
    finalNorm: null,
    layer: (index) => {
      const layer = `${site}.layers.${index}`;
      return {
        self: attention(`${layer}.self_attn`),
        cross: site === 'decoder' ? attention(`${layer}.encoder_attn`) : null,
        feedForward: {
          gate: null,
          intermediate: `${layer}.fc1`,
          output: `${layer}.fc2`,
          norm: `${layer}.final_layer_norm`,
        },
      };
    },
  };
}
