import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenizer } from '../../../tokenizer/create-tokenizer.ts';
import { type GgufModel, loadGguf } from './load-gguf.ts';

interface Case {
  readonly config: Record<string, unknown>;
  readonly tensors: Record<string, { shape: number[]; sha256: string }>;
  readonly texts: readonly { text: string; ids: number[] }[];
  readonly pair: number[];
}

/** Made with Transformers' own reader of GGUF files, see fixtures/make_gguf.py. */
const folder = new URL('../../../../fixtures/gguf/', import.meta.url);
const cases: Record<string, Case> = JSON.parse(
  readFileSync(new URL('models.json', folder), 'utf8'),
);

describe.each(Object.entries(cases))('the model with the tokenizer of %s', (name, expected) => {
  let model: GgufModel;
  beforeAll(async () => {
    model = await loadGguf(fileURLToPath(new URL(`${name}.gguf`, folder)));
  });

  const tokenizer = () => createTokenizer(model.tokenizer.json, model.tokenizer.settings, 'x.gguf');

  it('has the config that it was made of', () => {
    const { rms_norm_eps: epsilon, rope, ...others } = expected.config;
    const { rope_theta: theta, ...scaling } = Object(rope);
    expect(model.config).toMatchObject({ ...others, rope_theta: theta });
    expect(model.config.rope_scaling).toEqual(scaling.rope_type === 'default' ? null : scaling);
    expect(model.config.rms_norm_eps).toBe(Math.fround(Number(epsilon)));
  });

  it('has the tensors that Transformers reads in it, to the bit', () => {
    const { weights } = model;
    expect(weights.names).toEqual(Object.keys(expected.tensors).sort());
    const found = weights.names.map((tensor) => {
      const sum = createHash('sha256').update(weights.float32(tensor)).digest('hex');
      return [tensor, { shape: weights.shape(tensor), sha256: sum }];
    });
    expect(Object.fromEntries(found)).toEqual(expected.tensors);
  });

  it.each(expected.texts)('gives the ids of Python for $text', ({ text, ids }) => {
    const { tokenize, assemble } = tokenizer();
    expect(assemble(tokenize(text)).inputIds).toEqual(ids);
  });

  it('assembles a pair as Python does', () => {
    const { tokenize, assemble } = tokenizer();
    expect(assemble(tokenize('one'), tokenize('two')).inputIds).toEqual(expected.pair);
  });

  it('has ids for no more tokens than embeddings', () => {
    expect(tokenizer().vocabularySize).toBe(300);
    expect(tokenizer().idToToken(2)).toBe('<|im_end|>');
    expect(tokenizer().special.pad).toBe(['smollm', 'qwen2', 'qwen3'].includes(name) ? 0 : 2);
  });
});
