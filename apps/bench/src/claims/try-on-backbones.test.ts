import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PtlError } from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { films } from '../testing/film-rows.ts';
import type { ComparedClaim } from './claim.ts';
import type { TryOptions } from './try-claims.ts';
import { tryOnBackbones } from './try-on-backbones.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
let out: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'ptl-claims-'));
});

afterEach(() => rm(out, { recursive: true }));

const side = (label: string, seed: number) => ({
  label,
  settings: [
    {
      data: {
        name: 'films',
        experimentsFor: () => 'few-shot',
        load: () => Promise.resolve({ ...films, name: `films-${seed}` }),
      },
      method: 'head-only',
      departures: { training: { epochs: 1 } },
    },
  ],
});
const plain: ComparedClaim = {
  kind: 'compared',
  id: 'plain',
  statement: 'Prompts help',
  source: 'nowhere',
  left: side('one', 1),
  relation: { kind: 'beats', by: 0.01 },
  right: side('two', 2),
};
const large: ComparedClaim = { ...plain, id: 'large', backbone: 'a-language-model' };

function options(size: TryOptions['size']): TryOptions {
  const terminal = { write: () => {}, error: () => {}, isLive: false, columns: 100 };
  const backbone = createTinyBackbone();
  const context = { backbone, engine, signal: new AbortController().signal };
  return { size, seeds: [0], context, out, fresh: false, terminal };
}

it('skips a claim where the backbone cannot be had, and says why', async () => {
  const [result] = await tryOnBackbones([large], options('full'), (source) => {
    const details = { source, tried: [] };
    return Promise.reject(
      new PtlError('BACKBONE_NOT_FOUND', 'It is nowhere.\nTried: all', details),
    );
  });
  expect(result).toMatchObject({
    kind: 'skipped',
    reason: 'a-language-model cannot be had here: [BACKBONE_NOT_FOUND] It is nowhere.',
  });
});

it('runs it on its own backbone, apart from the runs of the others, and disposes of that', async () => {
  let isDisposed = false;
  const opened: string[] = [];
  const results = await tryOnBackbones([plain, large], options('full'), (source) => {
    opened.push(source);
    const backbone = createTinyBackbone();
    const dispose = backbone[Symbol.dispose].bind(backbone);
    const value = () => {
      isDisposed = true;
      dispose();
    };
    // Another one, as far as records know.
    Object.defineProperty(backbone, 'fingerprint', { value: 'another' });
    return Promise.resolve(Object.defineProperty(backbone, Symbol.dispose, { value }));
  });
  expect(results.map(({ kind }) => kind)).toEqual(['compared', 'compared']);
  expect({ opened, isDisposed }).toEqual({ opened: ['a-language-model'], isDisposed: true });
  expect(await readdir(join(out, 'films-1'))).toHaveLength(2);
});
