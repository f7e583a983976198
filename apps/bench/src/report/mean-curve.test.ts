import { expect, it } from 'vitest';
import { meanCurve } from './mean-curve.ts';

it('takes the mean where all curves have a point', () => {
  const long = [1, 2, 3].map((epoch) => ({ epoch, value: epoch }));
  const short = [1, 2].map((epoch) => ({ epoch, value: 10 * epoch }));
  expect(meanCurve([long, short])).toEqual([
    { epoch: 1, value: 5.5 },
    { epoch: 2, value: 11 },
  ]);
});
