import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planEngine } from '../plan/engine-plan.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toyEngine } from '../testing/toy-engine.ts';
import { muteFile } from './addon-files.ts';
import { buildAddon } from './build-addon.ts';
import { compilerArguments } from './compiler-arguments.ts';
import { findCompiler } from './find-compiler.ts';
import { nativeSources } from './native-sources.ts';

const compiler = await findCompiler(process.env).catch(() => undefined);

test("compiles TF.js's binding with every source in native/ against both libraries", () => {
  const plan = planEngine({ platform: 'linux', arch: 'x64', glibc: '2.36' });
  const sources = nativeSources();
  const [, addon] = compilerArguments({ plan, sources, engine: '/e', output: '/e/out' });
  const names = sources.addon.map((source) => source.split('/').at(-1));
  expect(names).toEqual(
    expect.arrayContaining(['tfjs_backend.cc', 'tfjs_binding.cc', 'log-level.cc']),
  );
  expect(addon).toEqual(expect.arrayContaining([...sources.addon]));
  expect(addon).toContain('/e/tensorflow/libtensorflow_cc.so.2');
  expect(addon).toContain('/e/tensorflow/libtensorflow_framework.so.2');
  expect(addon).toContain('-Wl,-rpath,$ORIGIN/../tensorflow');
  expect(addon).toContain('-DNAPI_VERSION=8');
});

test("leaves Node's symbols open for Apple's linker", () => {
  const plan = planEngine({ platform: 'darwin', arch: 'arm64' });
  const build = { plan, sources: nativeSources(), engine: '/e', output: '/e/out' };
  for (const args of compilerArguments(build)) expect(args.join(' ')).toContain('dynamic_lookup');
  expect(compilerArguments(build)[1]).toContain('-Wl,-rpath,@loader_path/../tensorflow');
});

test.skipIf(!compiler)(
  "tells the compiler's first error, and leaves no addon (skipped without a compiler)",
  async () => {
    const engine = await temporaryFolder();
    const work = buildAddon(toyEngine().plan, engine, compiler ?? '', process.env, () => {});
    await expect(work).rejects.toThrow(/failed \(compile\): .*tensorflow\/c\/\S+ No such file/);
    const left = await readdir(engine);
    expect(left.filter((name) => !name.startsWith('.'))).toEqual([]);
  },
  60_000, // The compiler goes on to the sources that it can compile.
);

test.skipIf(!compiler)(
  'the mute addon keeps stderr silent between mute and unmute (skipped without a compiler)',
  async () => {
    const output = join(await temporaryFolder(), 'out');
    await mkdir(output);
    const plan = planEngine({ platform: process.platform, arch: process.arch, glibc: '2.36' });
    const [mute = []] = compilerArguments({
      ...{ plan, engine: '/e', output },
      sources: nativeSources(),
    });
    execFileSync(compiler ?? '', mute);
    const script = join(output, 'script.cjs');
    const lines = [
      `const { mute, unmute } = require(${JSON.stringify(muteFile(output))});`,
      "const { writeSync } = require('node:fs');",
      "writeSync(2, 'before ');",
      'mute(); mute();',
      "writeSync(2, 'muted ');",
      'unmute(); unmute();',
      "writeSync(2, 'after');",
    ];
    await writeFile(script, lines.join('\n'));
    expect(String(spawnSync(process.execPath, [script]).stderr)).toBe('before after');
  },
);
