import { isPtlError } from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { closedIndex } from './testing/index-server.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { useEngine } from './use-engine.ts';

// Each test has an empty cache and, unless it says otherwise, neither pip nor a compiler nor a package index.
beforeEach(async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('PTL_CACHE', folder);
  vi.stubEnv('PTL_ENGINE', '');
  vi.stubEnv('PTL_PYPI_INDEX', await closedIndex());
  vi.stubEnv('PATH', folder);
  vi.stubEnv('CXX', '');
  return () => vi.unstubAllEnvs();
});

describe('useEngine', () => {
  test('takes WebAssembly without a compiler, and tells in one line what is missing', async () => {
    const lines: string[] = [];
    const report = await useEngine({ threads: 2, onMessage: (line) => lines.push(line) });
    expect(report.engine).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(lines).toEqual([report.message]);
    expect(report.message).not.toContain('\n');
    expect(report.message).toBe(
      'Engine: WebAssembly 4.22.0, 2 threads (TensorFlow, many times faster, cannot be had: there is no C++ compiler (tried g++, clang++, c++); install one, e.g. g++, or name one in CXX).',
    );
    const [gradient] = await tf
      .grad((x) => tf.square(x))(tf.tensor1d([3]))
      .data();
    expect(gradient).toBe(6);
  });

  test('takes WebAssembly without a network, and tells where it tried', async () => {
    vi.stubEnv('CXX', process.execPath);
    const { engine, fallbackReason } = await useEngine({ onMessage: () => {} });
    expect(engine).toBe('wasm');
    expect(fallbackReason).toContain('the connection was refused');
    expect(fallbackReason).toContain('PTL_PYPI_INDEX');
  });

  test('tells without pip that pip is not found', async () => {
    vi.stubEnv('CXX', process.execPath);
    vi.stubEnv('PTL_PYPI_INDEX', '');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    const { fallbackReason } = await useEngine({ onMessage: () => {} });
    vi.unstubAllGlobals();
    expect(fallbackReason).toContain('pip: not found; package index: fetch failed');
  });

  test('installs nothing where that is not wanted, and names the command that does', async () => {
    const { fallbackReason } = await useEngine({ install: false, onMessage: () => {} });
    expect(fallbackReason).toBe('it is not installed; "ptl-engine install" installs it');
  });

  test('takes WebAssembly where PTL_ENGINE says so, and sees no fallback in it', async () => {
    vi.stubEnv('PTL_ENGINE', 'wasm');
    const report = await useEngine({ onMessage: () => {} });
    expect(report.message).toBe('Engine: WebAssembly 4.22.0, 2 threads (as asked).');
    expect(report.threads).toBe(2);
    expect(report).not.toHaveProperty('fallbackReason');
  });

  test.each([['option'], ['PTL_ENGINE']])(
    'fails if TensorFlow is asked for by %s and cannot be had',
    async (way) => {
      if (way === 'PTL_ENGINE') vi.stubEnv('PTL_ENGINE', 'tensorflow');
      const options = way === 'option' ? ({ engine: 'tensorflow' } as const) : {};
      const error: unknown = await useEngine(options).catch((reason: unknown) => reason);
      expect(isPtlError(error, 'ENGINE_UNAVAILABLE')).toBe(true);
      expect(String(error)).toContain('cannot be had: there is no C++ compiler');
    },
  );
});
