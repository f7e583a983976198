import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

async function call(...args: string[]) {
  const said = { results: '', problems: '' };
  const write = (text: string): void => {
    said.results += text;
  };
  const error = (text: string): void => {
    said.problems += text;
  };
  return { code: await runCli(args, { write, error }), ...said };
}

describe.each([
  ['without a command', []],
  ['train', ['train']],
])('parity %s', (_, command) => {
  it('asks for a Python', async () => {
    const { code, problems } = await call(...command);
    expect(code).toBe(2);
    expect(problems).toContain("required option '--python <path>' not specified");
  });

  it('says in one line why a Python cannot be used', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ptl-parity-test-'));
    const options = ['--python', join(folder, 'no-python'), '--out', join(folder, 'page.md')];
    const { code, problems } = await call(...command, ...options, '--engine', 'wasm');
    expect(code).toBe(2);
    expect(problems).toMatch(/\[ENGINE_UNAVAILABLE\] PEFT cannot be run with .*no-python.*ENOENT/);
    await rm(folder, { recursive: true });
  });
});

it.each(['0', 'many', '1.5'])('trains no %s steps', async (steps) => {
  const { code, problems } = await call('train', '--python', 'python', '--steps', steps);
  expect(code).toBe(2);
  expect(problems).toContain('Expected a whole number from 1 to 999999');
});

it('tells of both commands', async () => {
  const { code, results } = await call('--help');
  expect(code).toBe(0);
  expect(results).toMatch(/logits .*default/);
  expect(results).toMatch(/train .*real data/);
});
