import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import {
  type AdapterBench,
  configFile,
  configText,
  filledTensor,
  openAdapterBench,
  tensorFile,
  withTensors,
} from './adapter-bench.ts';

let bench: AdapterBench;
beforeAll(async () => {
  await tf.setBackend('cpu');
  bench = await openAdapterBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A file with a header of its own and eight bytes of data. */
function rawFile(header: string): Uint8Array {
  const bytes = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + bytes.length + 8);
  new DataView(file.buffer).setBigUint64(0, BigInt(bytes.length), true);
  file.set(bytes, 8);
  return file;
}

describe('a hostile config is refused in one clear error:', () => {
  it.each<[string, object | string, RegExp]>([
    ['LoRA', { peft_type: 'LORA' }, /peft_type is "LORA"; PTL reads prompts: PROMPT_TUNING/],
    ['a kind with a typo', { peft_type: 'PROMTP_TUNING' }, /Did you mean "PROMPT_TUNING"/],
    [
      'a task that PTL lacks',
      { task_type: 'FEATURE_EXTRACTION' },
      /task_type is "FEATURE_EXTRACTION"; PTL reads: SEQ_CLS, TOKEN_CLS/,
    ],
    ['no task', { task_type: null }, /task_type is null/],
    ['a task from the prototype', { task_type: 'constructor' }, /task_type is "constructor"/],
    [
      'code of its own',
      { auto_mapping: { parent_library: 'evil', base_model_class: 'Evil' } },
      /auto_mapping .*evil.* asks for code/,
    ],
    [
      'a code request for the tokenizer',
      { tokenizer_kwargs: { trust_remote_code: true } },
      /trust_remote_code/,
    ],
    ['2^53 virtual tokens', { num_virtual_tokens: 2 ** 53 }, /num_virtual_tokens/],
    [
      '2^52 virtual tokens',
      { num_virtual_tokens: 2 ** 52 },
      /shape \[3, 240\]; .* need \[4503599627370496, 240\]/,
    ],
    ['half a virtual token', { num_virtual_tokens: 2.5 }, /num_virtual_tokens/],
    ['no virtual tokens', { num_virtual_tokens: -1 }, /num_virtual_tokens/],
    [
      'another depth',
      { num_layers: 12 },
      /made for "tiny\/bert" with 12 layers, but ".*bert" has 3 layers/,
    ],
    [
      'other heads',
      { num_attention_heads: 2, token_dim: 20 },
      /with 20 numbers a token, 2 heads, but .* has 40 numbers a token, 4 heads/,
    ],
    ['two submodules', { num_transformer_submodules: 2 }, /num_transformer_submodules is 2/],
    ['modules that are no list', { modules_to_save: 'classifier' }, /modules_to_save/],
    ['a list', '[]', /not an object/],
    ['half a file', '{"peft_type": "PREF', /not JSON/],
    ['nothing', '', /not JSON/],
  ])('%s', async (_, change, message) => {
    const config = typeof change === 'string' ? change : { ...configFile, ...change };
    const error = await bench.tryAdapter(config, tensorFile);
    expect(isPtlError(error)).toBe(true);
    expect(String(error)).toMatch(message);
  });
});

describe('hostile tensors are refused in one clear error:', () => {
  const huge =
    '{"prompt_embeddings":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,8]}}';
  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'values that are not numbers',
      () =>
        withTensors((all) =>
          all.set('prompt_embeddings', filledTensor('prompt_embeddings', [3, 240], Number.NaN)),
        ),
      /"prompt_embeddings" holds NaN at 0/,
    ],
    [
      'infinite weights of the head',
      () =>
        withTensors((all) =>
          all.set(
            'base_model.classifier.bias',
            filledTensor('base_model.classifier.bias', [3], Number.POSITIVE_INFINITY),
          ),
        ),
      /"base_model.classifier.bias" holds Infinity at 0/,
    ],
    [
      'another width',
      () =>
        withTensors((all) =>
          all.set('prompt_embeddings', filledTensor('prompt_embeddings', [3, 200])),
        ),
      /has shape \[3, 200\]; this backbone and task need \[3, 240\]/,
    ],
    [
      'no prompt',
      () => withTensors((all) => all.delete('prompt_embeddings')),
      /lacks "prompt_embeddings" of shape \[3, 240\]/,
    ],
    [
      'no head',
      () =>
        withTensors((all) => {
          all.delete('base_model.classifier.weight');
          all.delete('base_model.classifier.bias');
        }),
      /lacks the weights of a head.*PEFT 0\.13, 0\.15 and 0\.16/,
    ],
    [
      'half a head',
      () => withTensors((all) => all.delete('base_model.classifier.bias')),
      /lacks "base_model.classifier.bias" of shape \[3\]/,
    ],
    [
      'a head of another width',
      () =>
        withTensors((all) =>
          all.set(
            'base_model.classifier.weight',
            filledTensor('base_model.classifier.weight', [3, 41]),
          ),
        ),
      /need \[labels, 40\]/,
    ],
    [
      'one label',
      () =>
        withTensors((all) =>
          all.set(
            'base_model.classifier.weight',
            filledTensor('base_model.classifier.weight', [1, 40]),
          ),
        ),
      /1 labels/,
    ],
    [
      'a weight of the backbone',
      () =>
        withTensors((all) => all.set('x', filledTensor('base_model.bert.pooler.dense.bias', [40]))),
      /"base_model.bert.pooler.dense.bias" would replace a weight of the backbone/,
    ],
    ['2^53 sizes', () => rawFile(huge), /takes Infinity/],
    ['a header longer than the file', () => new Uint8Array(8).fill(255), /header claims/],
    ['an empty file', () => new Uint8Array(), /at least 8 are needed/],
    ['a cut file', () => tensorFile.subarray(0, tensorFile.length - 5), /data_offsets/],
  ])('%s', async (_, tensors, message) => {
    const error = await bench.tryAdapter(configFile, tensors());
    expect(isPtlError(error)).toBe(true);
    expect(String(error)).toMatch(message);
  });

  it('a module that the backbone does not have', async () => {
    const tensors = withTensors((all) =>
      all.set('x', filledTensor('base_model.bert.adapter.weight', [40])),
    );
    const error = await bench.tryAdapter({ ...configFile, modules_to_save: ['adapter'] }, tensors);
    expect(String(error)).toMatch(
      /CHECKPOINT_INVALID.*"base_model.bert.adapter.weight", which .* does not have/,
    );
  });

  it('a pickle, with the line that converts it', async () => {
    const folder = join(bench.root, 'pickle');
    await mkdir(folder);
    await writeFile(join(folder, 'adapter_config.json'), configText);
    await writeFile(join(folder, 'adapter_model.bin'), 'PK');
    const error = await bench.tryFolder(folder);
    expect(isPtlError(error, 'CHECKPOINT_INVALID')).toBe(true);
    expect(String(error)).toMatch(
      /python -c "import torch, .*weights_only=True.*adapter_model\.safetensors/,
    );
  });

  it('a device in place of a file', async () => {
    const folder = join(bench.root, 'device');
    await mkdir(folder);
    await writeFile(join(folder, 'adapter_config.json'), configText);
    await symlink('/dev/zero', join(folder, 'adapter_model.safetensors'));
    expect(String(await bench.tryFolder(folder))).toMatch(/FILE_INVALID.*not a regular file/);
  });

  it('a folder that is not there', async () => {
    expect(isPtlError(await bench.tryFolder(join(bench.root, 'nowhere')), 'FILE_NOT_FOUND')).toBe(
      true,
    );
  });
});

it('a refused adapter leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  await bench.tryAdapter({ ...configFile, num_layers: 12 }, tensorFile);
  await bench.tryAdapter(
    configFile,
    withTensors((all) => all.delete('base_model.classifier.bias')),
  );
  await bench.tryAdapter(
    configFile,
    withTensors((all) => all.set('x', filledTensor('base_model.bert.pooler.dense.bias', [40]))),
  );
  expect(tf.memory().numTensors).toBe(before);
});
