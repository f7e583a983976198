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
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** Gives a tensor of a GGUF file its name in a Hugging Face checkpoint, if it has one. */
export function huggingFaceName(name: string, numLayers: number): string | undefined {
  if (Object.hasOwn(outside, name)) return outside[name];
  const [, digits = '', part = '', end] =
    /^blk\.(0|[1-9]\d{0,8})\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  if (digits === '' || Number(digits) >= numLayers || !Object.hasOwn(inLayer, part))
    return undefined;
  return `model.layers.${digits}.${inLayer[part]}.${end}`;
}
