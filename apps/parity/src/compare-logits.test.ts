import { expect, it } from 'vitest';
import { compareLogits } from './compare-logits.ts';
import { parityPage } from './parity-page.ts';

const close = compareLogits('a', 'PEFT to PTL', [[1, 2], [3]], [[1, 2.000005], [3]]);
const far = compareLogits('b', 'PTL to PEFT', [Float32Array.of(1)], [[1.5]]);

it('takes the largest difference of all rows', () => {
  expect(close.difference).toBeCloseTo(5e-6, 8);
  expect(close.agrees).toBe(true);
  expect(far).toMatchObject({ difference: 0.5, agrees: false });
});

it.each([
  ['a row is missing', [[1]], [[1], [2]]],
  ['a label is missing', [[1]], [[1, 2]]],
  ['there is no row', [], []],
  ['a logit is not a number', [[Number.NaN]], [[1]]],
  ['there are no logits', 'KeyError', [[1]]],
])('differs where %s', (_, actual, expected) => {
  const { agrees, difference } = compareLogits('a', 'PEFT to PTL', actual, expected);
  expect(agrees).toBe(false);
  expect(difference).toBe(Number.POSITIVE_INFINITY);
});

it('prints a line for each comparison and counts those that differ', () => {
  const failed = compareLogits('c', 'PTL to PEFT', 'KeyError: x\nmore', [[1]]);
  const { lines, markdown, failures } = parityPage([close, far, failed], { peft: '0.21.2' }, []);
  expect(failures).toBe(2);
  expect(lines).toMatch(/^ok {3}a .* 5\.0e-6\nFAIL b .* 5\.0e-1\nFAIL c .* KeyError: x\n2 of 3/);
  expect(markdown).toContain('| a | 5.0e-6 |  |  |');
  expect(markdown).toContain('| c |  | **no logits** |  |');
  expect(parityPage([close], {}, []).failures).toBe(0);
});

it('prints what PEFT cannot compute, which is no failure', () => {
  const refused = [{ name: 't5, prefix', error: 'RuntimeError: sizes' }];
  const { lines, markdown, failures } = parityPage([close], {}, refused);
  expect(failures).toBe(0);
  expect(lines).toMatch(/\nPEFT cannot: t5, prefix: RuntimeError: sizes\nAll 1 cases agree/);
  expect(markdown).toContain('| t5, prefix | `RuntimeError: sizes` |');
});
