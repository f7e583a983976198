import { describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { parameterShapes } from './encoder/parameter-shapes.ts';
import { readEncoder } from './families.ts';

const sizes = {
  hidden_size: 8,
  num_hidden_layers: 4,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 32,
  vocab_size: 50,
};

function refusal(config: object): string {
  try {
    readEncoder({ ...sizes, ...config }, 'test');
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
    expect(refusal(config)).toContain(mentioned);
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
