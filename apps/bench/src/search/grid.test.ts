import { expect, it } from 'vitest';
import { describeSetting, type GridAxis, parseGridPath, settingsOf, withAxes } from './grid.ts';

const length: GridAxis = { section: 'method', field: 'promptLength', values: [4, 8] };
const rate: GridAxis = { section: 'training', field: 'learningRate', values: [0.1, 0.2, 0.3] };

it('has a setting for each value of an axis with each of the others', () => {
  const settings = settingsOf([length, rate]);
  expect(settings).toHaveLength(6);
  expect(settings[0]).toEqual({ method: { promptLength: 4 }, training: { learningRate: 0.1 } });
  expect(settings[1]).toEqual({ method: { promptLength: 4 }, training: { learningRate: 0.2 } });
  expect(settings[5]).toEqual({ method: { promptLength: 8 }, training: { learningRate: 0.3 } });
  expect(new Set(settings.map(describeSetting)).size).toBe(6);
});

it('has one setting, that of the experiment, without an axis', () => {
  expect(settingsOf([]).map(describeSetting)).toEqual(['as the experiment has it']);
});

it('takes axes in place of those of the same field, the last one where there are two', () => {
  const shorter = { ...length, values: [2] };
  const epochs = { ...rate, field: 'epochs', values: [5] };
  const grid = withAxes([length, rate], [epochs, { ...length, values: [1] }, shorter]);
  expect(grid).toEqual([shorter, rate, epochs]);
  expect(withAxes([], [epochs, epochs])).toEqual([epochs]);
});

it('tells fields of the method and of the training apart, and takes nothing else', () => {
  expect(parseGridPath('method.dropout')).toEqual({ section: 'method', field: 'dropout' });
  expect(parseGridPath('training.epochs')).toEqual({ section: 'training', field: 'epochs' });
  for (const path of ['', 'epochs', 'method', 'method.', 'tuner.epochs', 'method.a.b']) {
    expect(parseGridPath(path), path).toBeNull();
  }
});
