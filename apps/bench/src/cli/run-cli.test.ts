import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

let out: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'ptl-bench-'));
});

afterEach(() => rm(out, { recursive: true }));

async function call(...args: string[]) {
  const [written, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    write: (text) => void written.push(text),
    error: (text) => void errors.push(text),
    isLive: false,
    columns: 100,
  });
  return { code, written: written.join(''), errors: errors.join('') };
}

describe('a wrong call ends with 2 and says what is right', () => {
  it.each([
    [['--tasks', 'slot'], 'No built-in data set is called "slot". Did you mean "slots"?'],
    [['--methods', 'p-tunning'], 'No method is called "p-tunning". Did you mean "p-tuning"?'],
    [['--seeds', '0,x'], 'but got "x"'],
    [['--task', 'slots'], 'Did you mean --tasks?'],
    [['stp'], 'too many arguments'],
    [['--data', join(tmpdir(), 'ptl-no-such-folder')], 'FILE_NOT_FOUND'],
    [['--engine', 'cuda', '--tasks', 'slots'], 'No engine is called "cuda"'],
    [['step', '--engine', 'cuda'], 'No engine is called "cuda"'],
    [['search', '--grid', 'epochs=1'], 'Expected "method.FIELD=VALUES"'],
    [['search', '--tasks', 'slots', '--grid', 'training.epochs=0'], 'epochs: '],
    [['search', '--tasks', 'slots', '--budget', '5'], 'budget: Expected at least'],
    [['search', '--eta', '1'], 'a whole number from 2 on, but got "1"'],
    [['search', '--rungs', 'x'], 'a whole number from 1 on, but got "x"'],
    [['search', '--methods', 'majority', '--list'], '"majority" has nothing to search for'],
    [['search', '--engine', 'cuda', '--tasks', 'slots'], 'No engine is called "cuda"'],
    [['search', '--data', 'x', '--save-experiment'], 'Expected a built-in task'],
  ])('%j', async (args, message) => {
    const { code, errors } = await call(...args);
    expect(errors).toContain(message);
    expect(errors).not.toContain('    at ');
    expect(code).toBe(2);
  });
});

it('lists tasks and methods', async () => {
  const { code, written } = await call('--list');
  expect(code).toBe(0);
  expect(written).toMatch(/intents\n.*sentiment\n.*slots\n/);
  expect(written).toMatch(/last-layers\s+last layers, only if named/);
});

it('lists what a search would try and what it costs, and does nothing', async () => {
  const grid = ['--grid', 'method.promptLength=4,8', '--grid', 'training.epochs=30'];
  const rest = ['--settings', '6', '--seeds', '7,8', '--list', '--out', out];
  const { code, written, errors } = await call('search', '--tasks', 'intents', ...grid, ...rest);
  expect([code, errors]).toEqual([0, '']);
  expect(written).toMatch(/P-tuning v2: 6 of 10 settings, 6 at 33.3 %, then 2 at 100 %/);
  expect(written).toContain('seeds 7, 8, each seed with a split of its own; 240 epochs at most');
  expect(await readdir(out)).toEqual([]);
});

it('tells in its help how an interrupted comparison goes on', async () => {
  const { code, written } = await call('--help');
  expect(code).toBe(0);
  expect(written).toContain('goes on where it was interrupted');
});
