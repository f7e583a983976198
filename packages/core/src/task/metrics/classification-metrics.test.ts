import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import { accuracy } from './accuracy.ts';
import { macroF1 } from './macro-f1.ts';
import { matthewsCorrelation } from './matthews-correlation.ts';

interface ClassCase {
  readonly predicted: readonly number[];
  readonly gold: readonly number[];
  readonly accuracy: number;
  readonly macroF1: number;
  readonly matthews: number;
}

// The shape is that of fixtures/make_metrics.py, which wrote the file.
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/metrics.json', import.meta.url), 'utf8'),
) as { readonly classes: readonly ClassCase[] };

const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 30 });
const metrics = [accuracy, macroF1, matthewsCorrelation];

describe.each(reference.classes)('scikit-learn case %#', (expected) => {
  it('has its accuracy, macro-F1 and Matthews correlation', () => {
    const { predicted, gold } = expected;
    expect(accuracy(predicted, gold)).toBeCloseTo(expected.accuracy, 12);
    expect(macroF1(predicted, gold)).toBeCloseTo(expected.macroF1, 12);
    expect(matthewsCorrelation(predicted, gold)).toBeCloseTo(expected.matthews, 12);
  });
});

describe('every metric of classes', () => {
  it('is 1 for perfect predictions of at least two classes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4)), (labels) => {
        const gold = [0, 1, ...labels];
        for (const metric of metrics) expect(metric(gold, gold)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is symmetric in predictions and gold labels', () => {
    fc.assert(
      fc.property(pairs, (drawn) => {
        const left = drawn.map(([label]) => label);
        const right = drawn.map(([, label]) => label);
        for (const metric of metrics) {
          expect(metric(left, right)).toBeCloseTo(metric(right, left), 12);
        }
      }),
    );
  });

  it('does not depend on how the classes are called', () => {
    fc.assert(
      fc.property(pairs, (drawn) => {
        const left = drawn.map(([label]) => label);
        const right = drawn.map(([, label]) => label);
        const rename = (label: number) => `class ${4 - label}`;
        for (const metric of metrics) {
          expect(metric(left.map(rename), right.map(rename))).toBeCloseTo(metric(left, right), 12);
        }
      }),
    );
  });

  it('is 0 for no rows', () => {
    for (const metric of metrics) expect(metric([], [])).toBe(0);
  });

  it('rejects predictions and gold labels of different number', () => {
    for (const metric of metrics) {
      expect(() => metric([1], [1, 2])).toThrow(/2 gold labels. Got 1/);
      expect(() => metric([1, 2], [1])).toThrow(
        expect.toSatisfy((error: unknown) => isPtlError(error, 'SHAPE_MISMATCH')),
      );
    }
  });
});
