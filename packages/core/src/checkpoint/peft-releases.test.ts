import { describe, expect, it } from 'vitest';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import { type PeftType, parsePeftConfig } from './parse-peft-config.ts';
import { peftConfig } from './peft-config.ts';
import { parsePeftRelease } from './peft-release.ts';

/** Fields that each config of PEFT 0.4.0 has; checked against `to_dict()` of each release below. */
const common = {
  auto_mapping: null,
  base_model_name_or_path: 'models/bert',
  inference_mode: true,
  num_attention_heads: 4,
  num_layers: 3,
  num_transformer_submodules: 1,
  num_virtual_tokens: 5,
  revision: null,
  task_type: 'SEQ_CLS',
  token_dim: 40,
};
const prompt = {
  prompt_tuning_init: 'RANDOM',
  prompt_tuning_init_text: null,
  tokenizer_name_or_path: null,
};
const encoder = {
  encoder_dropout: 0,
  encoder_hidden_size: 40,
  encoder_num_layers: 2,
  encoder_reparameterization_type: 'LSTM',
};
const multitask = {
  num_ranks: 2,
  num_tasks: 3,
  prompt_tuning_init_state_dict_path: null,
  prompt_tuning_init_task: 0,
};
const first = {
  PROMPT_TUNING: prompt,
  P_TUNING: encoder,
  PREFIX_TUNING: { encoder_hidden_size: 40, prefix_projection: true },
};
const second = {
  ...first,
  PROMPT_TUNING: { ...prompt, tokenizer_kwargs: null },
  MULTITASK_PROMPT_TUNING: { ...prompt, ...multitask, tokenizer_kwargs: null },
};
const latest = { modules_to_save: ['classifier', 'score'], peft_version: '0.21.2' };

/** The methods of each release with their own fields. */
const releases: Readonly<Record<string, Readonly<Partial<Record<PeftType, object>>>>> = {
  '0.4.0': first,
  '0.7.1': second,
  '0.10.0': second,
  '0.13.2': second,
  '0.16.0': second,
  '0.21.2': {
    PROMPT_TUNING: { ...second.PROMPT_TUNING, ...latest },
    P_TUNING: { ...second.P_TUNING, ...latest },
    PREFIX_TUNING: { ...second.PREFIX_TUNING, ...latest, init_weights: null },
    MULTITASK_PROMPT_TUNING: { ...second.MULTITASK_PROMPT_TUNING, ...latest },
  },
};
const files = Object.entries(releases).flatMap(([release, methods]) =>
  Object.entries(methods).map(([type, own]) => ({
    release,
    type,
    file: { ...common, ...own, peft_type: type } as Readonly<Record<string, unknown>>,
  })),
);
// What the config takes of a geometry.
const geometry = {
  id: 'models/bert',
  numHeads: 4,
  numKeyValueHeads: 4,
  headSize: 10,
  embeddingSize: 40,
  numLayers: 3,
} as BackboneGeometry;

describe.each(files)('$type of PEFT $release', ({ release, type, file }) => {
  it('is read, each field of it', () => {
    const config = parsePeftConfig(file, 'adapter');
    expect(config).toMatchObject({ type, task: 'sequence-classification', unknown: [] });
    const { peft_type: _, task_type: __, ...fields } = file;
    expect({ ...config.common, ...config.own }).toMatchObject(fields);
  });

  it('is written back for that release, without a field that it does not know', () => {
    const written = peftConfig({
      kind: type === 'PREFIX_TUNING' ? 'layer-prefixes' : 'virtual-tokens',
      promptLength: 5,
      task: 'sequence-classification',
      geometry,
      modules: [],
      origin: file,
      release: parsePeftRelease(release),
    });
    // A multi-task prompt is one task's by then.
    const plain = { ...common, ...releases[release]?.PROMPT_TUNING, peft_type: 'PROMPT_TUNING' };
    const expected = type === 'MULTITASK_PROMPT_TUNING' ? plain : file;
    expect(JSON.parse(written)).toEqual(expected);
  });
});

it('lists a field that no release has', () => {
  const { unknown } = parsePeftConfig({ ...files[0]?.file, lora_alpha: 8 }, 'adapter');
  expect(unknown).toEqual(['lora_alpha']);
});
