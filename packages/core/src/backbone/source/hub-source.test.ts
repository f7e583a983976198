import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ImitatedHub, startHub } from './imitated-hub.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { resolveSource } from './resolve-source.ts';

let cache = '';
let hub: ImitatedHub;
const text = (content: string) => new TextEncoder().encode(content);
const weights = text('weights '.repeat(100_000));

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'ptl-hub-'));
  hub = await startHub('owner/name');
  hub.files.set('config.json', text('{"model_type":"bert"}'));
  hub.files.set('tokenizer.json', text('{}'));
  hub.files.set('model.safetensors', weights);
  hub.files.set('pytorch_model.bin', text('pickle'));
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cache, { recursive: true });
});

const resolve = (options: ResolveOptions = {}) =>
  resolveSource('owner/name', { hubUrl: hub.url, cacheFolder: cache, from: cache, ...options });

async function cachedFiles(): Promise<string[]> {
  const found = await readdir(cache, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('a hub id', () => {
  it('gives a folder with the files that a backbone needs', async () => {
    hub.files.set('tokenizer_config.json', text('{}'));
    const folder = await resolve();
    const names = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
    expect((await readdir(folder)).sort()).toEqual(names);
    expect((await readFile(join(folder, 'model.safetensors'))).equals(weights)).toBe(true);
    expect(await readdir(join(folder, '..'))).toEqual(['main']);
  });

  it('asks the hub once', async () => {
    const first = await resolve();
    const asked = hub.requests.length;
    hub.status = 500;
    expect(await resolve()).toBe(first);
    expect(hub.requests).toHaveLength(asked);
  });

  it('gives the same folder to two that ask at once', async () => {
    const [one, two] = await Promise.all([resolve(), resolve()]);
    expect(one).toBe(two);
    expect(await readdir(join(one, '..'))).toEqual(['main']);
  });

  it('fetches the shards that the index names', async () => {
    hub.files.delete('model.safetensors');
    const map = { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' };
    hub.files.set('model.safetensors.index.json', text(JSON.stringify({ weight_map: map })));
    hub.files.set('model-1.safetensors', text('one'));
    await expect(resolve()).rejects.toThrow('names "model-2.safetensors", which is not there');
    hub.files.set('model-2.safetensors', text('two'));
    const folder = await resolve();
    expect(await readFile(join(folder, 'model-1.safetensors'), 'utf8')).toBe('one');
    expect(await readFile(join(folder, 'model-2.safetensors'), 'utf8')).toBe('two');
  });

  it('refuses an index that leads out of the folder', async () => {
    hub.files.delete('model.safetensors');
    const map = { a: '../../../evil.safetensors' };
    hub.files.set('model.safetensors.index.json', text(JSON.stringify({ weight_map: map })));
    await expect(resolve()).rejects.toMatchObject({ code: 'FILE_INVALID' });
    expect(await cachedFiles()).toEqual([]);
  });

  it('takes the address from HF_ENDPOINT and the folder from PTL_CACHE', async () => {
    vi.stubEnv('HF_ENDPOINT', `${hub.url}/`);
    vi.stubEnv('PTL_CACHE', cache);
    try {
      expect((await resolveSource('owner/name', { from: cache })).startsWith(cache)).toBe(true);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('shows the token to the hub', async () => {
    await resolve({ accessToken: 'hf_secret' });
    expect(new Set(hub.authorizations)).toContain('Bearer hf_secret');
  });
});

describe('a hub that does not give what it should', () => {
  it.each([
    ['a changed file', text('{"model_type":"nert"}'), 'came with the sum'],
    ['a short file', text('{'), 'came with 1 of 21 bytes'],
    ['a long file', text('x'.repeat(5000)), 'came with more than 21 of 21 bytes'],
  ])('is refused and leaves nothing: %s', async (_, content, message) => {
    hub.sent.set('config.json', content);
    await expect(resolve()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(message),
    });
    expect(await cachedFiles()).toEqual([]);
    hub.sent.clear();
    expect(await resolve()).toContain('main');
  });

  it('is named when it answers with an error or not at all', async () => {
    hub.status = 503;
    await expect(resolve()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    const nobody = 'http://127.0.0.1:1';
    await expect(resolve({ hubUrl: nobody })).rejects.toThrow(
      `"owner/name" cannot be downloaded from ${nobody}`,
    );
    expect(await cachedFiles()).toEqual([]);
  });

  it.each([
    [404, 'answers 404'],
    [401, 'needs an accessToken'],
    [403, 'needs an accessToken'],
  ])('is listed among what was tried when it answers %i', async (status, message) => {
    hub.status = status;
    await expect(resolve()).rejects.toMatchObject({
      code: 'BACKBONE_NOT_FOUND',
      message: expect.stringContaining(message),
      details: {
        tried: expect.arrayContaining([expect.stringContaining(`${hub.url}/owner/name`)]),
      },
    });
  });

  it('is no use without safetensors or a tokenizer', async () => {
    hub.files.delete('model.safetensors');
    hub.files.delete('tokenizer.json');
    await expect(resolve()).rejects.toMatchObject({
      code: 'BACKBONE_UNSUPPORTED',
      details: { reason: 'its repository has no tokenizer.json and no model.safetensors' },
    });
  });

  it('is not asked with options that cannot be right', async () => {
    const options = { revision: '../x', hubUrl: 'ftp://x', accessToken: 'secret' };
    await expect(resolve(options)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { issues: [{ path: 'revision' }, { path: 'hubUrl' }, { path: 'accessToken' }] },
    });
    expect(hub.requests).toEqual([]);
  });
});
