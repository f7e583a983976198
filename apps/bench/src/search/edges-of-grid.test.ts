import { expect, it } from 'vitest';
import { edgesOfGrid } from './edges-of-grid.ts';
import { settingsOf } from './grid.ts';

const tried = settingsOf([
  { section: 'method', field: 'promptLength', values: [8, 16, 32] },
  { section: 'method', field: 'frozenDropout', values: [true, false] },
  { section: 'training', field: 'learningRate', values: [0.01, 0.03, 0.06] },
  { section: 'training', field: 'epochs', values: [20] },
]);
const setting = (promptLength: number, learningRate: number) => ({
  method: { promptLength, frozenDropout: true },
  training: { learningRate, epochs: 20 },
});

it('says of which numbers a better one may lie beyond those that were tried', () => {
  expect(edgesOfGrid(setting(8, 0.06), tried)).toEqual([
    'promptLength 8 is the smallest that was tried',
    'learningRate 0.06 is the largest that was tried',
  ]);
});

it('says nothing of numbers in between, of the only one, and of what is no number', () => {
  expect(edgesOfGrid(setting(16, 0.03), tried)).toEqual([]);
});
