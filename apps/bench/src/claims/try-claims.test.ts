import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyBackbone } from '@ptl/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { films } from '../testing/film-rows.ts';
import type { Claim, ComparedClaim } from './claim.ts';
import type { ClaimData } from './data/claim-data.ts';
import { type TryOptions, tryClaims } from './try-claims.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
let backbone: ReturnType<typeof createTinyBackbone>;
let out: string;
let lines: string[];

beforeAll(() => {
  backbone = createTinyBackbone();
});

afterAll(() => backbone[Symbol.dispose]());

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'ptl-claims-'));
  lines = [];
});

afterEach(() => rm(out, { recursive: true }));

const data: ClaimData = {
  name: 'films',
  experimentsFor: () => 'few-shot',
  load: () => Promise.resolve(films),
};
const training = { epochs: 1, evaluateEveryEpochs: 1 };

function claimOf(id: string, promptLength: number): ComparedClaim {
  const departures = { method: { promptLength }, training };
  return {
    kind: 'compared',
    id,
    statement: 'Prompts help',
    source: 'nowhere',
    left: { label: 'prompt', settings: [{ data, method: 'prompt-tuning', departures }] },
    relation: { kind: 'beats', by: 0.01 },
    right: {
      label: 'head',
      settings: [{ data, method: 'head-only', departures: { training } }],
    },
  };
}

const exact: Claim = {
  kind: 'exact',
  id: 'exact',
  statement: 'It is so',
  source: 'nowhere',
  check: () => Promise.resolve({ holds: false, evidence: '1 of 2' }),
};

function options(rest: Partial<TryOptions> = {}): TryOptions {
  const terminal = {
    write: () => {},
    error: (text: string) => void lines.push(text),
    isLive: false,
    columns: 100,
  };
  const context = { backbone, engine, signal: new AbortController().signal };
  return { size: 'quick', seeds: [0, 1], context, out, fresh: false, terminal, ...rest };
}

it('makes a run that two claims share once, and judges claims in their order', async () => {
  const results = await tryClaims([claimOf('two', 2), exact, claimOf('three', 3)], options());
  expect(results.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['two', 'undecided'],
    ['exact', 'does not hold'],
    ['three', 'undecided'],
  ]);
  // Two prompts and one head, two seeds each.
  expect(await readdir(join(out, 'films'))).toHaveLength(6);
  expect(lines.at(-1)).toContain('[6/6]');
});

it('goes on where it was: what is stored is not made again', async () => {
  const [first] = await tryClaims([claimOf('two', 2)], options({ seeds: [0] }));
  lines = [];
  const [second] = await tryClaims([claimOf('two', 2)], options());
  expect(lines.map((line) => line.includes('from an earlier call'))).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
  if (first?.kind !== 'compared' || second?.kind !== 'compared') throw new Error('both compare');
  expect(second.left.values[0]).toBe(first.left.values[0]);
});

it('makes all anew where that is asked for', async () => {
  await tryClaims([claimOf('two', 2)], options());
  lines = [];
  await tryClaims([claimOf('two', 2)], options({ fresh: true }));
  expect(lines.filter((line) => line.includes('from an earlier call'))).toEqual([]);
});
