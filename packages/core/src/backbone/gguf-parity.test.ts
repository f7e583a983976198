import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../files/read-file.ts';
import { collate } from '../tokenizer/collate.ts';
import { loadBackbone } from './load-backbone.ts';

interface Case {
  readonly ids: readonly number[];
  readonly hidden: string;
}

const fixtures = fileURLToPath(new URL('../../fixtures/gguf/', import.meta.url));
const cases = (await readJson(join(fixtures, 'models.json'))) as Record<string, Case>; // Ours.

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-gguf-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('loadBackbone', () => {
  it.each(Object.entries(cases))('runs %s.gguf as Transformers does', async (name, stored) => {
    await tf.setBackend('cpu');
    const source = join(fixtures, `${name}.gguf`);
    using backbone = await loadBackbone(source);
    expect(backbone.geometry).toMatchObject({ id: source, architecture: 'decoder' });
    const tokenTypeIds = stored.ids.map(() => 0);
    const row = { inputIds: stored.ids, tokenTypeIds, slots: [], truncatedTokens: 0 };
    const batch = collate([row], backbone.tokenizer.special.pad);
    const hidden = tf.tidy(() => backbone.forward(batch, { kind: 'none' }));
    const expected = new Float32Array(Uint8Array.from(Buffer.from(stored.hidden, 'base64')).buffer);
    const difference = tf.max(tf.abs(tf.sub(tf.reshape(hidden, [-1]), tf.tensor1d(expected))));
    expect(difference.dataSync()[0]).toBeLessThan(1e-5);
    const { vocabularySize, hiddenSize } = backbone.geometry;
    const logits = backbone.vocabularyLogits?.(tf.zeros([1, hiddenSize]));
    expect(logits?.shape).toEqual([1, vocabularySize]);
  });

  it('takes a folder that holds one GGUF file, and asks which of several', async () => {
    await cp(join(fixtures, 'smollm.gguf'), join(folder, 'one.gguf'));
    await writeFile(join(folder, 'config.json'), '{}');
    const alone = await loadBackbone(folder);
    expect(alone.geometry).toMatchObject({ id: folder, family: 'llama', numKeyValueHeads: 2 });
    alone[Symbol.dispose]();
    await cp(join(fixtures, 'smollm.gguf'), join(folder, 'two.gguf'));
    await expect(loadBackbone(folder)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('one.gguf, two.gguf; name one of them'),
    });
  });

  it('asks nobody for a GGUF file that is not there', async () => {
    const hubUrl = 'http://127.0.0.1:1';
    await expect(loadBackbone('owner/name.gguf', { hubUrl })).rejects.toMatchObject({
      code: 'BACKBONE_NOT_FOUND',
      details: { tried: ['owner/name.gguf'] },
    });
  });
});
