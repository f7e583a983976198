import { describe, expect, it } from 'vitest';
import type { Answers } from './answers.ts';
import { compareAnswers } from './compare-answers.ts';
import { trainedCount, trainedLine, trainingPage } from './training-page.ts';

const asked = {
  name: 'slots-prefix',
  direction: 'PEFT to PTL',
  metric: 'entityF1',
  rows: 2,
} as const;
const trained: Answers = {
  predictions: [['O', 'B-X'], ['O']],
  logits: [
    [1, 2],
    [3, 4],
  ],
  score: 0.75,
};
const other = { ...trained, predictions: [['O', 'O'], ['O']], score: 0.5 };
const same = compareAnswers(asked, trained, {
  ...trained,
  logits: [
    [1, 2.5],
    [3, 4],
  ],
});
const differing = compareAnswers({ ...asked, direction: 'PTL to PEFT' }, trained, other);

it('takes two libraries for the same that say the same of each row, with the same score', () => {
  expect(same).toMatchObject({ agrees: true, differing: 0, difference: 0.5, scores: [0.75, 0.75] });
});

describe('two libraries differ', () => {
  it.each([
    ['in a row', other, 1],
    ['in the last bit of the score', { ...trained, score: 0.75 + Number.EPSILON }, 0],
    ['where a row is missing', { ...trained, predictions: [['O', 'B-X']] }, 1],
    ['where a row is too many', { ...trained, predictions: [...trained.predictions, ['O']] }, 0],
    ['where there is no score', { ...trained, score: Number.NaN }, 0],
  ])('%s', (_, read, rows) => {
    expect(compareAnswers(asked, trained, read)).toMatchObject({ agrees: false, differing: rows });
  });

  it('where one of them could not read the adapter', () => {
    expect(compareAnswers(asked, trained, 'KeyError: x')).toMatchObject({
      agrees: false,
      differing: 2,
      scores: null,
      failure: 'KeyError: x',
    });
  });

  it('where there are no rows', () => {
    const none = { predictions: [], logits: [], score: 0 };
    expect(compareAnswers({ ...asked, rows: 0 }, none, none).agrees).toBe(false);
  });
});

it('prints a line for each, and counts those that differ', () => {
  const unread = compareAnswers(asked, trained, 'KeyError: x\nmore');
  expect(trainedLine(same)).toMatch(
    /^ok {3}slots-prefix +PEFT to PTL +entityF1 0\.75 and 0\.75, 2 of 2 rows the same, logits within 5\.0e-1\n$/,
  );
  expect(trainedLine(differing)).toMatch(/^FAIL .*entityF1 0\.75 and 0\.5, 1 of 2 rows the same/);
  expect(trainedLine(unread)).toMatch(/^FAIL .* KeyError: x\n$/);
  expect(trainedCount([same])).toMatch(/^All 1 /);
  expect(trainedCount([same, differing, unread])).toMatch(/^2 of 3 /);
  const page = trainingPage([same, differing, unread], 300, { peft: '0.21.2' });
  expect(page).toContain('trained for 300 steps');
  expect(page).toContain('with peft 0.21.2.');
  expect(page).toContain('| PEFT to PTL | entityF1 | 0.75 | 0.75 | 2 of 2 | 5.0e-1 |');
  expect(page).toContain('| PTL to PEFT | entityF1 | 0.75 | 0.5 | 1 of 2 | **0.0e+0** |');
  expect(page).toContain('| entityF1 |  |  | 0 of 2 | **no logits** |');
});
