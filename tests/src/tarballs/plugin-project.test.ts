import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { coreVersion, nextMinor, packCoreAs } from './next-minor.ts';
import {
  installWithNpm,
  missingCondition,
  packFolder,
  packPackages,
  resolveWithNpm,
} from './published-project.ts';
import { runProgram } from './run-program.ts';

const plugin = fileURLToPath(new URL('../../fixtures/contract-1', import.meta.url));
const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable', 'dom'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};
/** What a user of the plugin writes; compiled only, against the declarations of core as packed. */
const use = `
import { createMethodRegistry, type TuningMethod } from '@ptl/core';
import { everyMember } from 'contract-1-plugin/every-member';
import { type LowRankPromptConfig, lowRankPrompt } from 'contract-1-plugin/low-rank-prompt';
import { sharedPrefix } from 'contract-1-plugin/shared-prefix';
export const methods: readonly TuningMethod[] = [everyMember, lowRankPrompt, sharedPrefix];
export const registry = createMethodRegistry([everyMember, lowRankPrompt, sharedPrefix]);
export const names: readonly ('every-member' | 'low-rank-prompt' | 'shared-prefix')[] = registry.names;
export const rankOf = ({ rank }: LowRankPromptConfig): number => rank;
type Config = Parameters<typeof registry.createTuner<'shared-prefix'>>[1];
export const config: Config = { prefixLength: 3 };
// @ts-expect-error -- the plugin's config has no such field.
export const wrong: Config = { prefixLengths: 3 };
`;

// A skipped test says why in its title: vitest prints no reason.
const absent = await missingCondition(['core', 'create-method']);

describe.skipIf(absent)(`plugins beside core's next minor${absent ? ` (${absent})` : ''}`, () => {
  const tarballs = makeTemporaryFolder();
  const project = makeTemporaryFolder();
  const next = nextMinor(coreVersion());
  const at = (...path: string[]) => join(project.path, ...path);
  let frozen = '';

  /** Runs a program that is installed in the project. */
  const run = (program: string, args: readonly string[], cwd = project.path) =>
    runProgram(at('node_modules/.bin', program), args, { cwd, timeoutMs: 120_000 });

  beforeAll(async () => {
    frozen = await packFolder(plugin, tarballs.path);
    const core = await packCoreAs(next, tarballs.path);
    const created = await packPackages(['create-method'], tarballs.path);
    await installWithNpm(project.path, [core, ...created, frozen, ...toolsOf('create-method')]);
  }, 420_000);

  afterAll(() => {
    tarballs[Symbol.dispose]();
    project[Symbol.dispose]();
  }, 120_000);

  it('install without a conflict of peers', () => {
    const manifest = readFileSync(at('node_modules/@ptl/core/package.json'), 'utf8');
    expect(JSON.parse(manifest).version).toBe(next);
    const lock = readFileSync(at('package-lock.json'), 'utf8');
    expect(lock.match(/"node_modules\/[^"]*@ptl\/core"/g)).toHaveLength(1);
  });

  it('conflict with a core whose contract they do not know', { timeout: 120_000 }, async () => {
    using other = makeTemporaryFolder();
    const core = await packCoreAs('1.0.0', other.path);
    await expect(resolveWithNpm(other.path, [core, frozen])).rejects.toThrow('ERESOLVE');
  });

  it('have types that fit', { timeout: 120_000 }, async () => {
    writeFileSync(at('use.ts'), use);
    writeFileSync(at('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    expect(await run('tsc', ['-p', '.'])).toBe('');
  });

  it('pass the suite', { timeout: 120_000 }, async () => {
    copyFileSync(new URL('plugin-suite.mjs', import.meta.url), at('plugin.test.mjs'));
    expect(await run('vitest', ['run', '--reporter=json', 'plugin.test.mjs'])).toContain(
      '"success":true',
    );
  });

  it('are made by create-method, and hold as made', { timeout: 240_000 }, async () => {
    await run('create-method', ['soft-gate']);
    const made = at('soft-gate');
    expect(await run('tsc', ['--noEmit'], made)).toBe('');
    expect(await run('vitest', ['run', '--reporter=json'], made)).toContain('"success":true');
    await run('tsup', [], made);
    expect(await run('publint', ['--strict'], made)).toContain('All good!');
  });
});

/** What the manifest that create-method writes asks for, in the versions that it asks for. */
function toolsOf(name: string): readonly string[] {
  const file = new URL(`../../../packages/${name}/package.json`, import.meta.url);
  const { devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return Object.entries(devDependencies)
    .filter(([tool]) => !tool.startsWith('@ptl/'))
    .map(([tool, version]) => `${tool}@${version}`);
}
