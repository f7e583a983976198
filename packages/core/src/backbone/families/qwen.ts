import type { DecoderSpec } from '../decoder/decoder-spec.ts';
import type { HuggingFaceConfig } from '../hf-config.ts';
import { llamaLike, llamaNames } from './llama.ts';

/**
 * Qwen2: Llama with a bias on queries, keys and values.
 *
 * @see Yang et al. (2024), arXiv:2407.10671
 */
export function qwen2(config: HuggingFaceConfig): DecoderSpec {
  config.require('use_sliding_window', false);
  return {
    ...llamaLike(config, 'qwen2'),
    biases: { attention: true, attentionOutput: false, feedForward: false },
  };
}

/**
 * Qwen3: Llama with a norm on each head's queries and keys.
 *
 * @see Yang et al. (2025), arXiv:2505.09388
 */
export function qwen3(config: HuggingFaceConfig): DecoderSpec {
  config.require('use_sliding_window', false);
  const attentionBias = config.boolean('attention_bias', false);
  const spec = llamaLike(config, 'qwen3');
  return {
    ...spec,
    geometry: { ...spec.geometry, headSize: config.size('head_dim', 128) },
    biases: { attention: attentionBias, attentionOutput: attentionBias, feedForward: false },
    names: {
      ...llamaNames,
      layer: (index) => ({
        ...llamaNames.layer(index),
        headNorms: {
          query: `layers.${index}.self_attn.q_norm`,
          key: `layers.${index}.self_attn.k_norm`,
        },
      }),
    },
  };
}
