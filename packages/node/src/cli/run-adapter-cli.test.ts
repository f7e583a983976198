import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createModel, defineMethod, sequenceClassification } from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { runAdapterCli } from './run-adapter-cli.ts';

const fixtures = fileURLToPath(new URL('../../../core/fixtures/peft', import.meta.url));

/** A head without a prompt. */
const bare = defineMethod({
  name: 'bare',
  configSchema: {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  },
  architectures: ['encoder'],
  tasks: ['sequence-classification'],
  createTuner: ({ variables }) => ({
    variables,
    layout: { kind: 'none' },
    promptLength: 0,
    prompt: () => ({ kind: 'none' }),
    [Symbol.dispose]: () => variables[Symbol.dispose](),
  }),
});

test('shows an adapter that PEFT wrote', async () => {
  const { code, written } = await call('show', join(fixtures, 'bert-seq_cls-prefix'));
  expect(code).toBe(0);
  expect(written).toMatch(/^method +PREFIX_TUNING$/m);
  expect(written).toMatch(/^prompt +3 positions$/m);
  expect(written).toMatch(/^labels +3, without names$/m);
  expect(written).toMatch(/^base model +tiny\/bert$/m);
  expect(written).toMatch(/^written by +PEFT 0\.21\.2$/m);
  expect(written).toMatch(/^numbers +843$/m);
  expect(written).toContain('  prompt_embeddings [3, 240]\n');
});

test('shows an adapter that PTL wrote', async () => {
  await tf.setBackend('cpu');
  using backbone = createTinyBackbone();
  const task = sequenceClassification({ labels: ['good', 'bad'] });
  using model = createModel({ backbone, method: bare, task });
  const folder = join(await temporaryFolder(), 'adapter');
  await model.save(folder);
  const { code, written } = await call('show', folder);
  expect(code).toBe(0);
  expect(written).toMatch(/^method +bare$/m);
  expect(written).toMatch(/^labels +2: good, bad$/m);
  expect(written).toMatch(/^written by +PTL$/m);
  expect(written).toMatch(/^note +PEFT has no adapter without a prompt\.$/m);
});

test('a folder without an adapter ends with 2 and one line', async () => {
  const { code, failed } = await call('show', await temporaryFolder());
  expect(code).toBe(2);
  expect(failed).toMatch(/^\[FILE_NOT_FOUND\] There is no file ".*adapter_config\.json"\.\n$/);
});

test('another kind of adapter is named', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'adapter_config.json'), '{"peft_type": "LORA", "r": 8}');
  const { code, failed } = await call('show', folder);
  expect(code).toBe(2);
  expect(failed).toMatch(/^\[CHECKPOINT_INVALID\] .*its peft_type is "LORA"; PTL reads prompts: /);
});

test('a call without a folder ends with 2', async () => {
  const { code, failed } = await call('show');
  expect(code).toBe(2);
  expect(failed).toContain("missing required argument 'folder'");
});

async function call(...args: string[]): Promise<{ code: number; written: string; failed: string }> {
  let written = '';
  let failed = '';
  const code = await runAdapterCli(args, {
    write: (text) => {
      written += text;
    },
    error: (text) => {
      failed += text;
    },
    isLive: false,
  });
  return { code, written, failed };
}
