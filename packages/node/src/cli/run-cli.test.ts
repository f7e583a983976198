import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { formatBytes } from './format-bytes.ts';
import { runCli } from './run-cli.ts';

const installed = await findInstalled(cacheFolder());

let cache = '';
beforeEach(async () => {
  cache = await temporaryFolder();
  vi.stubEnv('PTL_CACHE', cache);
  return () => vi.unstubAllEnvs();
});

test('shows its commands', async () => {
  const { code, written } = await call('--help');
  expect(code).toBe(0);
  for (const command of ['status', 'install', 'remove']) expect(written).toContain(command);
});

test.each([[['instal']], [['install', '--variant', 'rocm']]])(
  'a wrong call %o ends with 2 and a message',
  async (args) => {
    const { code, failed } = await call(...args);
    expect(code).toBe(2);
    expect(failed).toMatch(/^error: .*(\n\(Did you mean install\?\)|cpu, cuda.*)\n$/);
  },
);

test('a failed install ends with 2 and one line without a stack', async () => {
  vi.stubEnv('PATH', cache);
  vi.stubEnv('CXX', '');
  const { code, failed } = await call('install');
  expect(code).toBe(2);
  expect(failed).toMatch(/^\[ENGINE_(INSTALL_FAILED|UNAVAILABLE)\] .*\n$/);
});

test('status tells that nothing is installed, and where it would be', async () => {
  const { code, written } = await call('status');
  expect(code).toBe(0);
  expect(written).toContain('TensorFlow 2.21.0 is not installed');
  expect(written).toContain(cache);
});

test.skipIf(!installed)(
  'status shows version, path, size, threads and GPU (skipped without the engine)',
  async () => {
    vi.unstubAllEnvs();
    const { written } = await call('status');
    expect(written).toMatch(/^engine +TensorFlow 2\.21\.0 \((cpu|cuda)\)$/m);
    expect(written).toContain(installed?.folder);
    expect(written).toMatch(/^size +[\d.]+ [MG]B$/m);
    expect(written).toMatch(/^threads +\d+$/m);
    expect(written).toMatch(/^gpu +(yes|no)$/m);
  },
);

test('remove deletes engines and downloads, and nothing else in the cache', async () => {
  for (const name of ['engines', 'downloads', 'models']) {
    await mkdir(join(cache, name));
    await writeFile(join(cache, name, 'file'), 'x'.repeat(1500));
  }
  expect((await call('remove')).written).toBe(`Removed 3 kB from ${cache}\n`);
  const names = ['engines', 'downloads', 'models', 'install.lock'];
  expect(names.filter((name) => existsSync(join(cache, name)))).toEqual(['models']);
  expect((await call('remove')).written).toContain('No engine is installed');
});

test.each([
  [1, '1 kB'],
  [853_308_936, '853 MB'],
  [1_259_021_080, '1.3 GB'],
])('%i bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

async function call(...args: string[]): Promise<{ code: number; written: string; failed: string }> {
  let written = '';
  let failed = '';
  const code = await runCli(args, {
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
