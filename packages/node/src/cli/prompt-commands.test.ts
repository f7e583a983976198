import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAdapter, loadBackbone, nearestWords, promptSimilarity } from '@ptl/core';
import { expect, test } from 'vitest';
import { writeFixtureCheckpoint } from '../../../core/src/testing/fixture-checkpoint.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { runAdapterCli } from './run-adapter-cli.ts';

const adapters = fileURLToPath(new URL('../../../core/fixtures/peft', import.meta.url));
const prompt = join(adapters, 'bert-seq_cls-prompt');
const other = join(adapters, 'bert-question_ans-prompt');
const prefix = join(adapters, 'bert-seq_cls-prefix');

test('prints the words of a prompt, and the similarity of prompts, as text and JSON', async () => {
  const folder = join(await temporaryFolder(), 'bert');
  await writeFixtureCheckpoint('bert', folder);
  const written = await call('words', prompt, '--backbone', folder, '--count', '2');
  const json = await call('words', prompt, '--backbone', folder, '--json', '--metric', 'euclidean');
  const pair = ['similarity', prompt, other, '--backbone', folder];
  const [tables, matrices] = [await call(...pair), await call(...pair, '--json')];
  const refused = await call('words', prefix, '--backbone', folder);

  using backbone = await loadBackbone(folder);
  using model = await loadAdapter(backbone, prompt);
  const words = await nearestWords(model, { count: 2 });
  const lines = words.map((near, position) =>
    [position, ...near.map(({ token, score }) => `${token} ${score.toFixed(3)}`)].join('  '),
  );
  expect(written.written).toBe(`${lines.join('\n')}\n`);
  expect(JSON.parse(json.written)).toEqual(await nearestWords(model, { metric: 'euclidean' }));
  using second = await loadAdapter(backbone, other);
  const names = ['bert-seq_cls-prompt', 'bert-question_ans-prompt'];
  const similarity = await promptSimilarity({ [names[0] ?? '']: model, [names[1] ?? '']: second });
  expect(JSON.parse(matrices.written)).toEqual(similarity);
  const lineOf = (rows: readonly (readonly number[])[]) =>
    rows[0]?.map((cosine) => cosine.toFixed(3).padStart(24)).join('  ');
  const [averages, pairs] = tables.written.split('mean cosine of the positions\n');
  expect(tables.written).toMatch(
    /^cosine of the mean positions\n.*prompt {2}bert-question_ans-prompt\n/,
  );
  expect(averages).toContain(lineOf(similarity.average));
  expect(pairs).toContain(lineOf(similarity.perToken));
  expect(pairs).not.toContain(lineOf(similarity.average));
  expect(refused).toMatchObject({ code: 2, failed: expect.stringContaining('got layer-prefixes') });
}, 30_000);

async function call(...args: string[]): Promise<{ code: number; written: string; failed: string }> {
  let [written, failed] = ['', ''];
  const code = await runAdapterCli(args, {
    write: (text) => {
      written += text;
    },
    error: (text) => {
      failed += text;
    },
    isLive: false,
  });
  return { code, written, failed };
}
