import { describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { findActivation } from '../ops/activation.ts';
import { parameterShapes } from './encoder/parameter-shapes.ts';
import { readEncoder, readEncoderDecoder } from './families.ts';

const sizes = {
  hidden_size: 8,
  num_hidden_layers: 4,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 32,
  vocab_size: 50,
};

function refusal(config: object, read: (config: unknown, id: string) => unknown): string {
  try {
    read({ ...sizes, ...config }, 'test');
  } catch (error) {
    if (isPtlError(error, 'BACKBONE_UNSUPPORTED')) return error.message;
    throw error;
  }
  return 'It was not refused.';
}

describe('a config is refused by the name of the field', () => {
  it.each([
    [{ model_type: 'electra', position_embedding_type: 'relative_key' }, 'position_embedding_type'],
    [{ model_type: 'electra', embedding_size: 0 }, 'embedding_size = 0'],
    [{ model_type: 'electra', is_decoder: true }, 'is_decoder = true; supported: false'],
    [{ model_type: 'albert', inner_group_num: 0.5 }, 'inner_group_num = 0.5'],
    [{ model_type: 'albert', hidden_act: 'mish' }, 'hidden_act = "mish"'],
    [{ model_type: 'albert', position_embedding_type: 'relative_key' }, 'position_embedding_type'],
    [{ model_type: 'deberta-v2', attention_head_size: 5 }, 'attention_head_size = 5; supported: 4'],
    [{ model_type: 'deberta-v2', pooler_hidden_size: 9 }, 'pooler_hidden_size = 9; supported: 8'],
    [{ model_type: 'deberta-v2', pooler_hidden_act: 'mish' }, 'pooler_hidden_act = "mish"'],
    [{ model_type: 'deberta-v2', pos_att_type: ['p2p'] }, 'supported: any of c2p, p2c'],
    [{ model_type: 'deberta-v2', pos_att_type: 'c2p|p2p' }, 'pos_att_type = "c2p|p2p"'],
    [{ model_type: 'deberta-v2', relative_attention: 'yes' }, 'relative_attention = "yes"'],
    [
      { model_type: 'deberta-v2', relative_attention: true, norm_rel_ebd: 'batch_norm' },
      'norm_rel_ebd = "batch_norm"; supported: any of none, layer_norm',
    ],
    [
      { model_type: 'deberta-v2', conv_kernel_size: 4 },
      'conv_kernel_size = 4; supported: an odd number',
    ],
    [
      { model_type: 'deberta-v2', conv_kernel_size: 3, conv_groups: 2 },
      'conv_groups = 2; supported: 1',
    ],
    [{ model_type: 'deberta-v2', conv_kernel_size: 3, conv_act: 'mish' }, 'conv_act = "mish"'],
  ])('in %j', (config, mentioned) => {
    expect(refusal(config, readEncoder)).toContain(mentioned);
  });

  const t5 = { model_type: 't5', decoder_start_token_id: 0 };
  it.each([
    [{ model_type: 't5' }, 'decoder_start_token_id = nothing'],
    [{ ...t5, decoder_start_token_id: 50 }, 'decoder_start_token_id = 50; supported: ids below 50'],
    [{ ...t5, pad_token_id: -1 }, 'pad_token_id = -1'],
    [{ ...t5, num_layers: 3, num_decoder_layers: 4 }, 'num_decoder_layers = 4; supported: 3'],
    [{ ...t5, feed_forward_proj: 'gated-mish' }, 'feed_forward_proj = "gated-mish"'],
    [{ ...t5, dense_act_fn: 'mish' }, 'dense_act_fn = "mish"'],
    [{ ...t5, is_decoder: true }, 'is_decoder = true; supported: false'],
    [{ ...t5, is_encoder_decoder: false }, 'is_encoder_decoder = false; supported: true'],
    [{ ...t5, relative_attention_num_buckets: 3 }, 'relative_attention_num_buckets = 3'],
    [{ ...t5, relative_attention_max_distance: 16 }, 'relative_attention_max_distance = 16'],
    [{ model_type: 'bart', encoder_layers: 3 }, 'decoder_layers = nothing; supported: 3'],
    [{ model_type: 'bart', decoder_layers: 3 }, 'decoder_layers = 3; supported: 12'],
    [{ model_type: 'bart', decoder_attention_heads: 8 }, 'decoder_attention_heads = 8'],
    [{ model_type: 'bart', d_model: 40 }, '40 hidden units do not divide into 16 heads'],
    [{ model_type: 'bart', tie_word_embeddings: false }, 'tie_word_embeddings = false'],
    [{ model_type: 'bart', activation_function: 'mish' }, 'activation_function = "mish"'],
    [{ model_type: 'bart', is_decoder: true }, 'is_decoder = true; supported: false'],
    [{ model_type: 'bart', is_encoder_decoder: false }, 'is_encoder_decoder = false'],
    [{ model_type: 'bart', decoder_start_token_id: 60 }, 'decoder_start_token_id = 60'],
    [{ model_type: 'bart', pad_token_id: 50 }, 'pad_token_id = 50; supported: ids below 50'],
  ])('of an encoder-decoder in %j', (config, mentioned) => {
    expect(refusal(config, readEncoderDecoder)).toContain(mentioned);
  });
});

describe('ALBERT', () => {
  it('gives a weight that layers share to the last of them, and leaves out unused groups', () => {
    const config = { ...sizes, model_type: 'albert', embedding_size: 6, num_hidden_groups: 2 };
    const parameters = parameterShapes(readEncoder(config, 'test'), () => true);
    const layerOf = (group: number): number | null | undefined =>
      parameters.find(({ name }) => name.includes(`layer_groups.${group}.albert_layers.0.ffn.`))
        ?.layer;
    expect([layerOf(0), layerOf(1), layerOf(2)]).toEqual([1, 3, undefined]);
  });
});

describe('DeBERTa', () => {
  it('reads the kinds of position scores from a string as from a list', () => {
    const config = { ...sizes, model_type: 'deberta-v2', relative_attention: true };
    const [list, text] = [['p2c', 'c2p'], 'P2C | c2p'].map((pos_att_type) =>
      parameterShapes(readEncoder({ ...config, pos_att_type }, 'test'), () => true),
    );
    expect(text).toEqual(list);
    expect(list?.some(({ name }) => name.endsWith('pos_query_proj.weight'))).toBe(true);
  });
});

describe('T5', () => {
  const t5 = (config: object) =>
    readEncoderDecoder({ model_type: 't5', decoder_start_token_id: 0, ...config }, 'test');

  it.each([
    [{}, 512 ** -0.5],
    [{ tie_word_embeddings: false }, 1],
    [{ tie_word_embeddings: true, scale_decoder_outputs: false }, 1],
    [{ tie_word_embeddings: false, scale_decoder_outputs: true }, 512 ** -0.5],
  ])('scales what its vocabulary is scored from as Transformers does: %j', (config, scale) => {
    expect(t5(config).outputScale).toBe(scale);
  });

  it.each([
    [{ feed_forward_proj: 'gated-gelu' }, true, 'gelu_new'],
    [{ feed_forward_proj: 'gelu' }, false, 'gelu'],
    [{ feed_forward_proj: 'gated-gelu', dense_act_fn: 'relu', is_gated_act: false }, false, 'relu'],
  ])('takes gate and activation from %j', (config, isGated, activation) => {
    const spec = t5(config);
    expect(spec.encoder.layer(0).feedForward.gate !== null).toBe(isGated);
    expect(spec.activation).toBe(findActivation(activation));
  });
});
