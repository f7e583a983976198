import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from './load/package-root.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

// What is published must run without @tensorflow/tfjs-node-gpu: its install script downloads half a gigabyte.
describe('the packed package', () => {
  test("carries TF.js's binding with its licence, and depends on no package that downloads", async () => {
    const folder = await packAndUnpack();
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const { dependencies, peerDependencies, optionalDependencies, scripts } = manifest;
    const needed = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
    expect(needed.filter((name) => name.includes('tfjs-node'))).toEqual([]);
    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
    const files = await readdir(folder, { recursive: true });
    const carried = 'vendor/tfjs-node-gpu';
    expect(files).toEqual(
      expect.arrayContaining([
        'NOTICE',
        'bin/ptl-engine.mjs',
        'native/log-level.cc',
        'native/mute/stderr-mute.cc',
        'wasm/kernels.wasm',
        'wasm/thread.mjs',
        `${carried}/LICENSE`,
        `${carried}/binding/tfjs_backend.cc`,
        `${carried}/dist/nodejs_kernel_backend.js`,
        `${carried}/dist/register_all_kernels.js`,
        `${carried}/dist/tensorboard.js`,
        `${carried}/package.json`,
      ]),
    );
    const required = await requiredPackages(join(folder, carried));
    expect(required).toEqual(expect.arrayContaining(['@tensorflow/tfjs', 'google-protobuf']));
    expect(required.filter((name) => !needed.includes(name))).toEqual([]);
  });
});

async function packAndUnpack(): Promise<string> {
  execFileSync(process.execPath, [join(packageRoot, 'scripts/vendor.mjs')]);
  const folder = await temporaryFolder();
  execFileSync('pnpm', ['pack', '--pack-destination', folder], { cwd: packageRoot });
  const [tarball = ''] = await readdir(folder);
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder]);
  return join(folder, 'package');
}

/** The packages that CommonJS files below a folder require, Node's own apart. */
async function requiredPackages(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const texts = names.filter((name) => name.endsWith('.js')).map((name) => join(folder, name));
  const found = new Set<string>();
  for (const file of texts) {
    for (const line of (await readFile(file, 'utf8')).split('\n')) {
      const name = /^[^*/]*\brequire\(['"]([^.'"][^'"]*)['"]\)/.exec(line)?.[1];
      if (name && !builtinModules.includes(name)) found.add(name);
    }
  }
  return [...found];
}
