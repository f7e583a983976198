import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import { entityScores, type SpanScores, type SupportedSpanScores } from './entity-scores.ts';
import type { TaggingScheme } from './tagging-scheme.ts';
import { type EntityOptions, toEntities } from './to-entities.ts';

type Triple = readonly [precision: number, recall: number, f1: number];

interface EntityCase {
  readonly predicted: string;
  readonly gold: string;
  /** Of each predicted row. */
  readonly entities: readonly (readonly [type: string, start: number, end: number][])[];
  readonly micro: Triple;
  readonly macro: Triple;
  readonly support: number;
  readonly perType: Readonly<Record<string, readonly [...Triple, support: number]>>;
}

// The shape is that of fixtures/make_metrics.py, which wrote the file.
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/metrics.json', import.meta.url), 'utf8'),
) as {
  readonly lenient: readonly EntityCase[];
  readonly strict: readonly (EntityCase & { readonly scheme: TaggingScheme })[];
};

const rowsOf = (text: string) => text.split(' / ').map((row) => row.split(' '));
const triple = ({ precision, recall, f1 }: SpanScores) => [precision, recall, f1].map(rounded);
const rounded = (value: number) => Number(value.toFixed(12));

function expectAsSeqeval(expected: EntityCase, options: EntityOptions): void {
  const predicted = rowsOf(expected.predicted);
  const spans = predicted.map((tags) => toEntities(tags, options));
  expect(spans.map((row) => row.map(({ type, start, end }) => [type, start, end]))).toEqual(
    expected.entities,
  );
  const scores = entityScores(predicted, rowsOf(expected.gold), options);
  expect(triple(scores)).toEqual(expected.micro.map(rounded));
  expect(triple(scores.macro)).toEqual(expected.macro.map(rounded));
  expect(scores.support).toBe(expected.support);
  const perType = Object.entries(scores.perType).map(
    ([type, score]: [string, SupportedSpanScores]) => [type, [...triple(score), score.support]],
  );
  expect(Object.fromEntries(perType)).toEqual(
    Object.fromEntries(
      Object.entries(expected.perType).map(([type, values]) => [type, values.map(rounded)]),
    ),
  );
}

describe('lenient entity scores', () => {
  it.each(reference.lenient)('equal seqeval on "$predicted" against "$gold"', (expected) => {
    expectAsSeqeval(expected, {});
  });
});

describe('strict entity scores', () => {
  it.each(reference.strict)('equal seqeval in $scheme on "$predicted"', (expected) => {
    expectAsSeqeval(expected, { mode: 'strict', scheme: expected.scheme });
  });

  it('hold the tags to IOB2 unless told otherwise', () => {
    const predicted = [['I-PER', 'O']];
    expect(entityScores(predicted, [['B-PER', 'O']], { mode: 'strict' }).f1).toBe(0);
    expect(entityScores(predicted, [['B-PER', 'O']]).f1).toBe(1);
  });
});

const tag = fc.constantFrom('O', 'B-X', 'I-X', 'B-Y', 'I-Y', 'E-X', 'S-Y');
const taggedPairs = fc.array(fc.array(fc.tuple(tag, tag), { minLength: 1, maxLength: 8 }));

describe('entity scores', () => {
  it('are 1 for perfect predictions wherever there is an entity', () => {
    fc.assert(
      fc.property(fc.array(fc.array(tag)), (rows) => {
        const gold = [...rows, ['B-X', 'O']];
        const { precision, recall, f1, macro } = entityScores(gold, gold);
        expect([precision, recall, f1, macro.f1]).toEqual([1, 1, 1, 1]);
      }),
    );
  });

  it('swap precision and recall, and keep F1, when predictions and gold tags are swapped', () => {
    fc.assert(
      fc.property(taggedPairs, (pairs) => {
        const left = pairs.map((row) => row.map(([first]) => first));
        const right = pairs.map((row) => row.map(([, second]) => second));
        const forth = entityScores(left, right);
        const back = entityScores(right, left);
        expect([back.precision, back.recall, back.f1]).toEqual([
          forth.recall,
          forth.precision,
          forth.f1,
        ]);
      }),
    );
  });

  it('find the spans that well-formed tags were written from', () => {
    const spans = fc.array(
      fc.record({
        type: fc.constantFrom('X', 'Y-Z', '_'),
        gap: fc.nat(2),
        length: fc.integer({ min: 1, max: 3 }),
      }),
    );
    fc.assert(
      fc.property(spans, (drawn) => {
        const tags: string[] = [];
        const expected = drawn.map(({ type, gap, length }) => {
          tags.push(...Array<string>(gap).fill('O'), `B-${type}`);
          tags.push(...Array<string>(length - 1).fill(`I-${type}`));
          return { type, start: tags.length - length, end: tags.length };
        });
        expect(toEntities(tags)).toEqual(expected);
        expect(toEntities(tags, { mode: 'strict' })).toEqual(expected);
      }),
    );
  });

  it('are 0 where there is nothing to find', () => {
    const nothing = { precision: 0, recall: 0, f1: 0 };
    const expected = { ...nothing, support: 0, macro: nothing, perType: {} };
    expect(entityScores([], [])).toEqual(expected);
    expect(entityScores([['O']], [['O']], { mode: 'strict' })).toEqual(expected);
  });

  it('reject rows that do not match, naming the row', () => {
    expect(() => entityScores([['O']], [['O'], ['O']])).toThrow(/2 gold rows. Got 1/);
    expect(() => entityScores([['O'], ['O']], [['O'], ['O', 'O']])).toThrow(
      /\[ROW_INVALID\] Row 1: .* 2 gold tags. Got 1/,
    );
  });

  it('reject an empty tag, and in strict mode a tag of another scheme', () => {
    expect(() => entityScores([['O', '']], [['O', 'O']])).toThrow(
      /Row 0: The tag of token 1 is empty/,
    );
    expect(() => toEntities(['PER'], { mode: 'strict' })).toThrow(
      /"PER" is not of the scheme IOB2/,
    );
    expect(() => toEntities(['E-X'], { mode: 'strict' })).toThrow(
      expect.toSatisfy((error: unknown) => isPtlError(error, 'ROW_INVALID')),
    );
  });
});
