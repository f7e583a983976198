import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFixtureCheckpoint } from '../../../../packages/core/src/testing/fixture-checkpoint.ts';
import { runCli } from '../cli/run-cli.ts';
import { dataFolder } from '../data/testing/data-folder.ts';

const lines = ['train', 'bread', 'lighthouse', 'battery', 'the', 'days'].flatMap((word) => [
  JSON.stringify({ text: `a bad ${word}`, label: 'bad' }),
  JSON.stringify({ text: `the good ${word}`, label: 'good' }),
]);

/** Runs a command, and gives what it printed. */
async function call(...args: readonly string[]): Promise<string> {
  const written: string[] = [];
  const errors: string[] = [];
  const code = await runCli(args, {
    write: (text) => void written.push(text),
    error: (text) => void errors.push(text),
    isLive: false,
    columns: 100,
  });
  expect([code, code === 0 ? '' : errors.join('')]).toEqual([0, '']);
  return written.join('');
}

/** When each training of a folder was finished, by its file. */
async function finishedIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = await readdir(folder);
  const times = files
    .filter((file) => file.endsWith('.json') && !file.endsWith('.search.json'))
    .map(async (file): Promise<[string, string]> => {
      return [file, JSON.parse(await readFile(join(folder, file), 'utf8')).finishedAt];
    });
  return Object.fromEntries(await Promise.all(times));
}

it('searches, tests what it chose with the seeds that were asked for, and makes nothing twice', async () => {
  await using data = await dataFolder({
    'films.train.jsonl': lines.slice(0, 10).join('\n'),
    'films.test.jsonl': lines.slice(10).join('\n'),
  });
  const [backbone, out] = [join(data.path, 'bert'), join(data.path, 'runs')];
  await writeFixtureCheckpoint('bert', backbone);
  const command = (...rest: string[]) =>
    call(
      ...['search', '--data', data.path, '--methods', 'head-only', '--backbone', backbone],
      ...['--engine', 'wasm', '--seeds', '7', '--eta', '2', '--out', out],
      ...['--grid', 'training.learningRate=0.001,0.1', '--grid', 'training.epochs=2'],
      ...rest,
    );
  const printed = await command('--final-seeds', '0,3');
  expect(printed).toContain('The chosen settings on the test part');
  const folder = join(out, 'films');
  // Two settings for one epoch, and one of them for two.
  const trials = await finishedIn(join(folder, 'head-only--trials'));
  expect(Object.keys(trials)).toHaveLength(3);
  const tested = await finishedIn(folder);
  expect(Object.keys(tested)).toEqual(['head-only--0.json', 'head-only--3.json']);
  await command('--final-seeds', '0,3');
  expect(await finishedIn(join(folder, 'head-only--trials'))).toEqual(trials);
  expect(await finishedIn(folder)).toEqual(tested);
  expect(await command('--fresh')).not.toContain('The chosen settings on the test part');
  const again = await finishedIn(join(folder, 'head-only--trials'));
  for (const [file, time] of Object.entries(again)) expect(time).not.toBe(trials[file]);
}, 60_000);
