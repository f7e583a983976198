import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImitatedHub, startHub } from './imitated-hub.ts';
import { resolveSource } from './resolve-source.ts';

const name = 'smollm2-135m';
let root = '';
let hub: ImitatedHub;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ptl-known-'));
  hub = await startHub('HuggingFaceTB/SmolLM2-135M-Instruct');
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const resolve = () => resolveSource(name, { hubUrl: hub.url, cacheFolder: root, from: root });

function fillHub(): void {
  for (const file of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    hub.files.set(file, new TextEncoder().encode('{}'));
  }
}

/** Installs a package that stands for `@ptl/node`. */
async function putNodePackage(code: string): Promise<void> {
  const folder = join(root, 'node_modules/@ptl/node');
  await mkdir(folder, { recursive: true });
  const description = { type: 'module', exports: { '.': { default: './index.js' } } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(description));
  await writeFile(join(folder, 'index.js'), code);
}

/** It has the model once `installed` is there. */
const installer = `
  import { existsSync, writeFileSync } from 'node:fs';
  import { join } from 'node:path';
  export const findModel = async (name, { cache }) =>
    existsSync(join(cache, 'installed')) ? join(cache, name + '.gguf') : undefined;
  export const installModel = async (name, { cache }) => {
    writeFileSync(join(cache, 'installed'), '');
    return join(cache, name + '.gguf');
  };
`;

describe('a model with a short name', () => {
  it('comes from the hub where that has it, and then from the cache', async () => {
    fillHub();
    const folder = await resolve();
    expect(folder).toContain(join('HuggingFaceTB', 'SmolLM2-135M-Instruct', 'main'));
    hub.status = 500;
    await putNodePackage('throw new Error("not needed");');
    expect(await resolve()).toBe(folder);
  });

  it.each([404, 503])('comes from @ptl/node where the hub answers %i', async (status) => {
    hub.status = status;
    await putNodePackage(installer);
    expect(await resolve()).toBe(join(root, `${name}.gguf`));
    expect(hub.requests.length).toBeGreaterThan(0);
  });

  it('stays what it was when the hub comes back', async () => {
    await putNodePackage(installer);
    await writeFile(join(root, 'installed'), '');
    fillHub();
    expect(await resolve()).toBe(join(root, `${name}.gguf`));
    expect(hub.requests).toEqual([]);
  });

  it.each([
    ['no', undefined],
    ['an older', 'export const useEngine = 1;'],
  ])('asks for the package where the hub fails and there is %s @ptl/node', async (_, code) => {
    hub.status = 503;
    if (code !== undefined) await putNodePackage(code);
    await expect(resolve()).rejects.toMatchObject({
      code: 'BACKBONE_NOT_FOUND',
      message: expect.stringContaining('npm install @ptl/node'),
      details: {
        source: name,
        tried: [
          expect.stringContaining('cannot be downloaded'),
          `npm package "@ptl/node" from "${root}"`,
        ],
      },
    });
  });

  it('is a folder or package of that name where there is one', async () => {
    const folder = join(root, 'node_modules', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'config.json'), '{}');
    expect(await resolve()).toBe(folder);
  });
});
