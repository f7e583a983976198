import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { createMethodPackage } from './create-method-package.ts';

const own = fileURLToPath(new URL('../../', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'ptl-create-'));
afterAll(() => rmSync(root, { recursive: true }));

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const readJson = (...path: string[]) => JSON.parse(read(...path));

it('makes what our own methods have where it is made among them', () => {
  mkdirSync(join(root, 'packages'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'ptl' }));
  const made = createMethodPackage({ name: 'soft-gate', folder: join(root, 'packages') });
  expect(made).toEqual({ folder: join(root, 'packages/soft-gate'), home: 'monorepo' });
  for (const file of ['tsconfig.json', 'tsup.config.ts', 'vitest.config.ts']) {
    expect(read(made.folder, file)).toBe(read(own, 'prefix', file));
  }
  const { description, ...manifest } = readJson(made.folder, 'package.json');
  const expected = JSON.parse(read(own, 'prefix/package.json').replaceAll('prefix', 'soft-gate'));
  expect({ ...expected, ...manifest }).toEqual(expected);
  expect(Object.keys({ description, ...manifest }).sort()).toEqual(Object.keys(expected).sort());
});

it('asks elsewhere for a core that runs the contract, minor releases to come included', () => {
  const folder = join(root, 'elsewhere/packages');
  const made = createMethodPackage({ name: 'soft-gate', folder });
  expect(made.home).toBe('standalone');
  const manifest = readJson(made.folder, 'package.json');
  const { version } = readJson(own, 'core/package.json');
  expect(manifest.name).toBe('soft-gate');
  expect(manifest.peerDependencies['@ptl/core']).toBe(`>=${version} <1`);
  expect(JSON.stringify(manifest)).not.toMatch(/workspace:|@ptl\/source/);
  expect(read(made.folder, 'README.md')).toContain("from 'soft-gate'");
});
