import { expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { claims } from './catalog/claims.ts';

async function call(...args: string[]) {
  const [written, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['claims', ...args], {
    write: (text) => void written.push(text),
    error: (text) => void errors.push(text),
    isLive: false,
    columns: 100,
  });
  return { code, written: written.join(''), errors: errors.join('') };
}

it('lists every claim in a line of its own', async () => {
  const { code, written } = await call('--list');
  expect(code).toBe(0);
  expect(written.trim().split('\n')).toHaveLength(claims.length);
  for (const { id, statement } of claims) {
    expect(written).toMatch(new RegExp(`^${id} .*${statement.slice(-20)}$`, 'm'));
  }
});

it('names the nearest claim for an unknown one', async () => {
  const { code, errors } = await call('--only', 'top-layers-tag');
  expect(code).toBe(2);
  expect(errors).toContain('there is no claim "top-layers-tag". Did you mean "top-layers-tags"?');
});

it('refuses more seeds than the test can go through', async () => {
  const seeds = Array.from({ length: 21 }, (_, seed) => seed).join(',');
  const { code, errors } = await call('--seeds', seeds);
  expect(code).toBe(2);
  expect(errors).toContain('21 were given; at most 20 can be compared');
});

it('refuses an option that it does not have', async () => {
  expect((await call('--fast')).code).toBe(2);
});
