import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recoverFolder } from './recover-folder.ts';
import { writeFolderAtomically } from './write-folder.ts';

/** Overwrites a folder and kills itself before the file operation of the given number. */
const writer = `
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
const [folder, last] = process.argv.slice(2);
let calls = 0;
for (const name of ['mkdir', 'open', 'rename', 'rm', 'lstat', 'readdir']) {
  const real = fs[name];
  fs[name] = (...given) => {
    if (++calls > Number(last)) process.kill(process.pid, 'SIGKILL');
    return real(...given);
  };
}
syncBuiltinESMExports();
const { writeFolderAtomically } = await import('./files/write-folder.js');
await writeFolderAtomically(folder, new Map([['a.json', 'new'], ['b/c.bin', 'new']]));
`;

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ptl-killed-'));
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await writeFile(join(root, 'writer.js'), writer);
  for (const room of ['files', 'contract']) await transpile(room);
});
afterAll(() => rm(root, { recursive: true }));

/** Plain JavaScript for a child process: Node 20 runs no TypeScript. */
async function transpile(room: string): Promise<void> {
  const source = new URL(`../${room}/`, import.meta.url);
  await mkdir(join(root, room));
  for (const name of await readdir(source)) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const { outputText } = transpileModule(await readFile(new URL(name, source), 'utf8'), {
      compilerOptions: {
        module: ModuleKind.ESNext,
        target: ScriptTarget.ES2022,
        rewriteRelativeImportExtensions: true,
      },
    });
    await writeFile(join(root, room, name.replace(/ts$/, 'js')), outputText);
  }
}

/** What the killed writer left, after recovering: the text in each file. */
async function killAfter(calls: number): Promise<{ texts: string[]; wasKilled: boolean }> {
  const place = join(root, `at-${calls}`);
  const folder = join(place, 'adapter');
  await writeFolderAtomically(
    folder,
    new Map([
      ['a.json', 'old'],
      ['b/c.bin', 'old'],
    ]),
  );
  const child = spawn(process.execPath, [join(root, 'writer.js'), folder, String(calls)]);
  const signal = await new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  await recoverFolder(folder);
  expect(await readdir(place)).toEqual(['adapter']);
  const files = ['a.json', 'b/c.bin'].map((name) => readFile(join(folder, name), 'utf8'));
  return { texts: await Promise.all(files), wasKilled: signal === 'SIGKILL' };
}

describe('a writer that is killed', () => {
  it('leaves the old or the new folder, whichever file operation it was at', async () => {
    const seen = new Set<string>();
    let calls = 0;
    for (let isRunning = true; isRunning; calls += 4) {
      const results = await Promise.all([0, 1, 2, 3].map((more) => killAfter(calls + more)));
      for (const { texts } of results) {
        expect(new Set(texts).size).toBe(1);
        seen.add(texts[0] ?? '');
      }
      isRunning = results.every((result) => result.wasKilled);
    }
    expect([...seen].sort()).toEqual(['new', 'old']);
    expect(calls).toBeGreaterThan(12);
  }, 30_000);
});
