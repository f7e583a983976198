import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { quickstart } from './quickstart.ts';

it('tags places and times in a sentence it has not seen', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-quickstart-'));
  try {
    const tagged = await quickstart(join(folder, 'tagger'), 'the train to Rome leaves at nine');
    expect(tagged).toEqual([
      'the/O',
      'train/O',
      'to/O',
      'Rome/B-PLACE',
      'leaves/O',
      'at/O',
      'nine/B-TIME',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
