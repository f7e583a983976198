import type { LlamaConfig } from './llama-config.ts';

/** What llama.cpp calls the parts outside of layers, and what Hugging Face calls them. */
const outside: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

/** The same within a layer, without `weight` or `bias` at the end. */
const inLayer: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/**
 * Gives a tensor of a GGUF file its name in a Hugging Face checkpoint, if a model of this config
 * computes with it.
 */
export function huggingFaceName(name: string, config: LlamaConfig): string | undefined {
  if (Object.hasOwn(outside, name)) return outside[name];
  const [, digits = '', part = '', end = ''] =
    /^blk\.(0|[1-9]\d{0,8})\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const isKnown = digits !== '' && Object.hasOwn(inLayer, part);
  if (!isKnown || Number(digits) >= config.num_hidden_layers) return undefined;
  return isUsed(part, end, config) ? `model.layers.${digits}.${inLayer[part]}.${end}` : undefined;
}

function isUsed(part: string, end: string, config: LlamaConfig): boolean {
  const { model_type: type, attention_bias: attention, mlp_bias: feedForward } = config;
  if (part === 'attn_q_norm' || part === 'attn_k_norm') return type === 'qwen3' && end === 'weight';
  if (end === 'weight') return true;
  if (/^attn_[qkv]$/.test(part)) return attention;
  if (part === 'attn_output') return attention && type !== 'qwen2';
  return /^ffn_(gate|up|down)$/.test(part) && feedForward && type === 'llama';
}
