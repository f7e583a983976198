import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GgufFile, GgufTensor, GgufValue } from './gguf-file.ts';
import { readLlamaConfig } from './llama-config.ts';
import { llamaWeights } from './llama-weights.ts';
import { parseGguf } from './parse-gguf.ts';
import { readTokenizer } from './tokenizer-json.ts';

let file: GgufFile;
beforeAll(async () => {
  const path = new URL('../../../../fixtures/gguf/smollm.gguf', import.meta.url);
  file = await parseGguf(Uint8Array.from(readFileSync(path)), 'x.gguf');
});

/** The tiny Llama with other metadata; undefined takes a key away. */
function withMetadata(changes: Record<string, GgufValue | undefined>): GgufFile {
  const entries = Object.entries({ ...Object.fromEntries(file.metadata), ...changes });
  const kept = entries.flatMap(([key, value]): [string, GgufValue][] =>
    value === undefined ? [] : [[key, value]],
  );
  return { ...file, metadata: new Map(kept) };
}

function withTensor(name: string, changes: Partial<GgufTensor>): GgufFile {
  const some = file.tensors.get('output_norm.weight');
  if (!some) throw new Error('the fixture has no norm');
  const tensor = { ...some, ...file.tensors.get(name), name, ...changes };
  return { ...file, tensors: new Map([...file.tensors, [name, tensor]]) };
}

const unsupported = (reason: string) =>
  expect.objectContaining({
    code: 'BACKBONE_UNSUPPORTED',
    details: { source: 'x.gguf', reason: expect.stringContaining(reason) },
  });

describe('readLlamaConfig', () => {
  it('takes what a file leaves out for what llama.cpp does', () => {
    const config = readLlamaConfig(
      withMetadata({
        'llama.attention.head_count_kv': undefined,
        'llama.rope.freq_base': undefined,
        'llama.vocab_size': undefined,
        'tokenizer.ggml.bos_token_id': undefined,
      }),
    );
    expect(config).toMatchObject({
      num_key_value_heads: 4,
      rope_theta: 10_000,
      rope_scaling: null,
      vocab_size: 300,
      bos_token_id: null,
      attention_bias: false,
    });
  });

  it('reads linear scaling and 64-bit sizes', () => {
    const changes = {
      'llama.rope.scaling.type': 'linear',
      'llama.rope.scaling.factor': 4,
      'llama.context_length': 8192n,
    };
    const config = readLlamaConfig(withMetadata(changes));
    expect(config.rope_scaling).toEqual({ rope_type: 'linear', factor: 4 });
    expect(config.max_position_embeddings).toBe(8192);
  });

  it('notes biases and an output of its own', () => {
    const names = ['blk.0.attn_q.bias', 'blk.0.ffn_gate.bias', 'output.weight'];
    const [biased, gated, untied] = names.map((name) => readLlamaConfig(withTensor(name, {})));
    expect(biased).toMatchObject({ attention_bias: true, mlp_bias: false });
    expect(gated).toMatchObject({ attention_bias: false, mlp_bias: true });
    expect(untied?.tie_word_embeddings).toBe(false);
  });

  it.each<[string, GgufValue | undefined, string]>([
    ['general.architecture', 'gemma', '"gemma"; supported: llama, qwen2, qwen3'],
    ['general.type', 'adapter', 'is "adapter"; supported: "model"'],
    ['split.count', 2, 'split.count may change the numbers'],
    ['llama.attention.sliding_window', 512, 'llama.attention.sliding_window may change'],
    ['llama.logit_scale', 2, 'llama.logit_scale may change'],
    ['llama.expert_count', 8, 'llama.expert_count is 8; supported: 0'],
    ['llama.rope.dimension_count', 4, 'llama.rope.dimension_count is 4; supported: 8'],
    ['llama.rope.scaling.type', 'yarn', '"yarn"; supported: none, linear'],
    ['llama.rope.scaling.factor', 2, 'factor is 2; supported: 1'],
    ['llama.rope.freq_base', Number.NaN, 'freq_base is NaN; allowed: a number'],
    ['llama.attention.value_length', 16, 'value_length is 16; supported: 8'],
    ['llama.attention.key_length', 16, '"blk.0.attn_q.weight" has the shape [32, 32]'],
    ['llama.attention.head_count', [4, 4], 'head_count is a list; allowed: a number'],
    ['llama.attention.head_count', 0, 'head_count is 0; allowed: a whole number of at least 1'],
    ['llama.embedding_length', 2 ** 31, '"token_embd.weight" has the shape [300, 32]'],
    ['llama.embedding_length', undefined, 'llama.embedding_length is missing'],
    ['llama.block_count', 2 ** 31, 'block_count is 2147483648, but it has 20 tensors'],
    ['llama.context_length', 2n ** 60n, 'a whole number of at least 1'],
    ['llama.vocab_size', 299, 'llama.vocab_size is 299; supported: 300'],
    ['tokenizer.ggml.eos_token_id', -1, 'a whole number of at least 0'],
  ])('refuses %s = %s', (key, value, reason) => {
    expect(() => readLlamaConfig(withMetadata({ [key]: value }))).toThrow(unsupported(reason));
  });

  it.each([
    ['too few', [1, 1, 2]],
    ['others', [1, 1, 3, 8]],
    ['no numbers', [1, 1, 1, Number.NaN]],
  ])('refuses factors of rotary frequencies that are not those of Llama 3: %s', (_, factors) => {
    const bytes = new Uint8Array(Float32Array.from(factors).buffer);
    const changed = withTensor('rope_freqs.weight', { shape: [factors.length], bytes });
    const reason = 'tensor "rope_freqs.weight" holds factors that are not Llama 3\'s';
    expect(() => readLlamaConfig(changed)).toThrow(unsupported(reason));
  });

  it('refuses two ways to scale at once', () => {
    const { tensors } = withTensor('rope_freqs.weight', {});
    const { metadata } = withMetadata({
      'llama.rope.scaling.type': 'linear',
      'llama.rope.scaling.factor': 2,
    });
    expect(() => readLlamaConfig({ ...file, metadata, tensors })).toThrow(
      unsupported('llama.rope.scaling.type is "linear"; supported: "none"'),
    );
  });

  it('names a tensor that it cannot do without', () => {
    const tensors = new Map(file.tensors);
    tensors.delete('token_embd.weight');
    const reason = 'tensor "token_embd.weight" is missing';
    expect(() => readLlamaConfig({ ...file, tensors })).toThrow(unsupported(reason));
  });
});

describe('llamaWeights', () => {
  it.each([
    'rope_factors_long.weight',
    'blk.2.attn_q.weight',
    'blk.0.attn_qkv.weight',
    'blk.0.attn_q_norm.weight',
    'blk.1.attn_q.bias',
    'blk.0.attn_output.bias',
    'blk.1.ffn_up.bias',
    'blk.0.attn_norm.bias',
    'blk.00.attn_q.weight',
    'blk.0.toString.weight',
    'toString',
  ])('refuses the tensor %s', async (name) => {
    const changed = withTensor(name, {});
    await expect(llamaWeights(changed, readLlamaConfig(file))).rejects.toThrow(
      unsupported(`tensor "${name}" is none of a model of type llama with 2 layers`),
    );
  });

  it('takes the biases that a config with biases asks for', async () => {
    const config = { ...readLlamaConfig(file), attention_bias: true, mlp_bias: true };
    for (const name of ['blk.1.attn_q', 'blk.0.attn_output', 'blk.1.ffn_up']) {
      const { names } = await llamaWeights(withTensor(`${name}.bias`, {}), config);
      expect(names).toHaveLength(file.tensors.size + 1);
    }
  });

  it('has another fingerprint when one bit differs', async () => {
    const config = readLlamaConfig(file);
    const bytes = file.tensors.get('output_norm.weight')?.bytes.slice();
    bytes?.set([1]);
    const changed = withTensor('output_norm.weight', bytes ? { bytes } : {});
    const [one, again, other] = [file, file, changed].map((each) => llamaWeights(each, config));
    expect((await one)?.fingerprint).toBe((await again)?.fingerprint);
    expect((await one)?.fingerprint).not.toBe((await other)?.fingerprint);
  });
});

describe('readTokenizer', () => {
  it.each<[string, GgufValue | undefined, string]>([
    ['tokenizer.ggml.model', 'llama', 'model is "llama"; supported: gpt2'],
    ['tokenizer.ggml.pre', 'deepseek-llm', 'supported: gpt-2, smollm, qwen2, llama-bpe'],
    ['tokenizer.ggml.pre', 'toString', 'pre is "toString"'],
    ['tokenizer.ggml.pre', undefined, 'tokenizer.ggml.pre is missing'],
    ['tokenizer.ggml.add_space_prefix', true, 'add_space_prefix is true'],
    ['tokenizer.ggml.tokens', 'abc', 'tokens is "abc"; allowed: a list of texts'],
    ['tokenizer.ggml.tokens', [1, 2], 'tokens is a list; allowed: a list of texts'],
    ['tokenizer.ggml.token_type', [1], 'has 300 tokens and 1 types'],
    ['tokenizer.ggml.merges', ['a'], 'the merge "a"; allowed: two tokens'],
    ['tokenizer.ggml.merges', ['a b c'], 'the merge "a b c"'],
    ['tokenizer.ggml.bos_token_id', 300, 'bos_token_id is 300, which is no token'],
    ['tokenizer.ggml.add_bos_token', 1, 'add_bos_token is 1; allowed: true, false'],
  ])('refuses %s = %s', (key, value, reason) => {
    expect(() => readTokenizer(withMetadata({ [key]: value }))).toThrow(unsupported(reason));
  });

  it('refuses to add a token that is not named', () => {
    const changes = {
      'tokenizer.ggml.bos_token_id': undefined,
      'tokenizer.ggml.add_bos_token': true,
    };
    const reason = 'adds a bos token but names none';
    expect(() => readTokenizer(withMetadata(changes))).toThrow(unsupported(reason));
  });

  it('puts an end behind each text where the file asks for one', () => {
    const { json } = readTokenizer(withMetadata({ 'tokenizer.ggml.add_eos_token': true }));
    expect(json).toMatchObject({
      post_processor: {
        single: [{ Sequence: { id: 'A' } }, { SpecialToken: { id: '<|im_end|>' } }],
        special_tokens: { '<|im_end|>': { ids: [2] } },
      },
    });
  });
});
