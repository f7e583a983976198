import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'ptl-create-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
let count = 0;
let output = '';
let errors = '';
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
  [output, errors] = ['', ''];
});

function run(...args: string[]): number {
  return runCli(args, {
    folder,
    write: (text) => {
      output += text;
    },
    error: (text) => {
      errors += text;
    },
  });
}

it('makes a package with the four files of a method, its tests and its settings', () => {
  expect(run('soft-gate')).toBe(0);
  const files = readdirSync(join(folder, 'soft-gate'), { recursive: true }).sort();
  expect(files).toEqual([
    'README.md',
    'package.json',
    'src',
    'src/config.ts',
    'src/index.ts',
    'src/method.test.ts',
    'src/method.ts',
    'src/readme.test.ts',
    'src/soft-gate-encoder.ts',
    'tsconfig.json',
    'tsup.config.ts',
    'vitest.config.ts',
  ]);
  expect(output).toContain('npm test');
  expect(output).toContain('src/soft-gate-encoder.ts');
});

it('leaves nothing of the name of its template', () => {
  run('soft-gate');
  for (const file of readdirSync(join(folder, 'soft-gate/src'))) {
    const text = readFileSync(join(folder, 'soft-gate/src', file), 'utf8');
    expect(text, file).not.toMatch(/low-?rank-?prompt/i);
  }
  expect(readFileSync(join(folder, 'soft-gate/README.md'), 'utf8')).toMatch(/^# soft-gate\n/);
});

it('makes it in the folder of --out, which may be missing', () => {
  const out = join(folder, 'new', 'place');
  expect(run('soft-gate', '--out', out)).toBe(0);
  expect(existsSync(join(out, 'soft-gate/src/method.ts'))).toBe(true);
  expect(readdirSync(folder)).toEqual(['new']);
});

it('does not touch what exists', () => {
  mkdirSync(join(folder, 'soft-gate'));
  expect(run('soft-gate')).toBe(2);
  expect(errors).toContain('soft-gate exists. Take another name');
  expect(readdirSync(join(folder, 'soft-gate'))).toEqual([]);
});

it.each([
  [[], 'One name was expected, got 0.'],
  [['a', 'b'], 'One name was expected, got 2.'],
  [['Soft Gate'], '"Soft Gate" is not in kebab-case'],
  [['soft-gate', '--into', 'x'], "Unknown option '--into'"],
  [['soft-gate', '--out'], "'--out"],
])('exits with 2 for %j', (args, message) => {
  expect(run(...args)).toBe(2);
  expect(errors).toContain(message);
  expect([output, readdirSync(folder)]).toEqual(['', []]);
});

it('tells how it is called', () => {
  expect(run('--help')).toBe(0);
  expect(output).toMatch(/^create-method NAME \[--out FOLDER\]\n/);
});
