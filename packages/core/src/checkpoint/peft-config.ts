import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { PromptLayout } from '../contract/layout.ts';
import type { TaskKind } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';

/** The release of PEFT whose format is written. */
const peftVersion = '0.21.2';

export interface PeftConfigOptions {
  readonly kind: Prompt['kind'];
  readonly promptLength: number;
  readonly task: TaskKind;
  readonly geometry: BackboneGeometry;
}

const taskTypes: Readonly<Record<TaskKind, string>> = {
  'sequence-classification': 'SEQ_CLS',
  'token-classification': 'TOKEN_CLS',
  'causal-language-modeling': 'CAUSAL_LM',
};

/**
 * The content of `adapter_config.json` as PEFT writes it: keys sorted, two spaces, no newline at
 * the end. Null where there is no prompt, and so nothing for PEFT to load.
 */
export function peftConfig(options: PeftConfigOptions): string | null {
  const { kind, promptLength, task, geometry } = options;
  if (kind === 'none') return null;
  const prefix = kind === 'layer-prefixes';
  const { numKeyValueHeads, headSize, embeddingSize, numHeads, numLayers } = geometry;
  const tokenWidth = prefix ? numKeyValueHeads * headSize : embeddingSize;
  const own = prefix
    ? {
        encoder_hidden_size: tokenWidth,
        init_weights: null,
        peft_type: 'PREFIX_TUNING',
        prefix_projection: false,
      }
    : {
        peft_type: 'PROMPT_TUNING',
        prompt_tuning_init: 'RANDOM',
        prompt_tuning_init_text: null,
        tokenizer_kwargs: null,
        tokenizer_name_or_path: null,
      };
  const config: Record<string, unknown> = {
    auto_mapping: null,
    base_model_name_or_path: geometry.id,
    inference_mode: true,
    modules_to_save: task === 'causal-language-modeling' ? null : ['classifier', 'score'],
    num_attention_heads: prefix ? numKeyValueHeads : numHeads,
    num_layers: numLayers,
    num_transformer_submodules: 1,
    num_virtual_tokens: promptLength,
    peft_version: peftVersion,
    revision: null,
    task_type: taskTypes[task],
    token_dim: tokenWidth,
    ...own,
  };
  const sorted = Object.keys(config)
    .sort()
    .map((key) => [key, config[key]]);
  return JSON.stringify(Object.fromEntries(sorted), null, 2);
}

/** Why PEFT computes other logits from these files than PTL, or null where it computes the same. */
export function peftDifference(
  kind: Prompt['kind'],
  layout: PromptLayout,
  task: TaskKind,
  positionOffset: 'shift' | 'none',
): string | null {
  if (kind === 'none') return 'PEFT has no adapter without a prompt.';
  if (kind === 'layer-prefixes') {
    return positionOffset === 'shift' ? null : 'PEFT always shifts positions by the prefix length.';
  }
  if (layout.kind !== 'placed' || layout.at !== 'front') {
    return 'PEFT puts virtual tokens in front of the input only.';
  }
  if (task === 'causal-language-modeling') return null;
  return task === 'sequence-classification'
    ? 'PEFT classifies from the first virtual token, PTL from the first real one.'
    : 'PEFT leaves the rows of virtual tokens in the logits, PTL strips them.';
}
