import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

async function call(...args: string[]): Promise<{ code: number; problems: string }> {
  let problems = '';
  const error = (text: string): void => {
    problems += text;
  };
  return { code: await runCli(args, { write: () => {}, error }), problems };
}

it('asks for a Python', async () => {
  const { code, problems } = await call();
  expect(code).toBe(2);
  expect(problems).toContain("required option '--python <path>' not specified");
});

it('says in one line why a Python cannot be used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-parity-test-'));
  const out = join(folder, 'parity.md');
  const python = join(folder, 'no-python');
  const { code, problems } = await call('--python', python, '--engine', 'wasm', '--out', out);
  expect(code).toBe(2);
  expect(problems).toMatch(/\[ENGINE_UNAVAILABLE\] PEFT cannot be run with .*no-python.*ENOENT/);
  await rm(folder, { recursive: true });
});
