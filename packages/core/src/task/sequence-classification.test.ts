import { describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { loadFixtureTokenizer } from '../tokenizer/fixture-tokenizer.ts';
import { sequenceClassification, type TextRow } from './sequence-classification.ts';
import type { EncodingContext } from './task.ts';

const labels = ['flight', 'hotel', 'weather'] as const;
const task = sequenceClassification({ labels });
const context: EncodingContext = {
  tokenizer: loadFixtureTokenizer('bert'),
  layout: { kind: 'none' },
  maxPositions: 16,
};

/** Rows from outside may be anything. */
function encode(row: unknown, index = 0, of = task) {
  return of.encode(row as TextRow<(typeof labels)[number]>, index, context);
}

describe('sequenceClassification', () => {
  it('encodes a text with the place of its label', () => {
    const { row, target } = encode({ text: 'the rain', label: 'weather' });
    expect(row.inputIds).toEqual([2, ...context.tokenizer.tokenize('the rain'), 3]);
    expect(target).toBe(2);
  });

  it('encodes a pair of texts, and rows without a label to predict', () => {
    const row = { text: 'the', textPair: 'two', label: 'hotel' } as const;
    const pair = encode(row).row;
    expect(pair.tokenTypeIds).toEqual([0, 0, 0, 1, 1]);
    const { label: _, ...input } = row;
    expect(task.encodeInput(input as typeof row, 0, context)).toEqual({ row: pair, target: null });
  });

  it.each([
    [{ label: 'hotel' }, 'it has no "text". Its fields: label'],
    [{ text: 'the' }, 'it has no "label". Its fields: text'],
    [{ text: 5, label: 'hotel' }, '"text" must be a string. Got 5'],
    [{ text: 'the', label: 1 }, '"label" must be a string. Got 1'],
    [{ text: 'the', textPair: null, label: 'hotel' }, '"textPair" must be a string. Got null'],
    [
      { text: 'the', text_pair: 'two', label: 'hotel' },
      'its second text must be called "textPair", not "text_pair"',
    ],
    [['the', 'hotel'], 'a row must be an object. Got ["the","hotel"]'],
    [null, 'a row must be an object. Got null'],
    [undefined, 'a row must be an object. Got undefined'],
  ])('says what is wrong with the row %j', (row, reason) => {
    const details = { row: 7, reason };
    const message = `[ROW_INVALID] Row 7: ${reason}.`;
    expect(() => encode(row, 7)).toThrow(
      expect.objectContaining({ code: 'ROW_INVALID', details, message }),
    );
  });

  it('shortens a value that is too long for a message', () => {
    const row = { text: Array(100).fill('word'), label: 'hotel' };
    expect(() => encode(row)).toThrow(/Got \["word".{40,60}\.\.\./);
  });

  it('suggests the nearest label for an unknown one', () => {
    expect(() => encode({ text: 'the', label: 'flihgt' }, 3)).toThrow(
      expect.objectContaining({
        code: 'LABEL_UNKNOWN',
        details: { label: 'flihgt', known: labels },
        message:
          '[LABEL_UNKNOWN] Row 3: the task has no label "flihgt". Did you mean "flight"? ' +
          'Known: flight, hotel, weather.',
      }),
    );
  });

  it('lists no more labels than can be read', () => {
    const many = Array.from({ length: 150 }, (_, index) => `intent-${index}`);
    const large = sequenceClassification({ labels: many });
    try {
      large.encode({ text: 'the', label: 'zzzzzzzzzzzz' }, 0, context);
    } catch (error) {
      if (!isPtlError(error, 'LABEL_UNKNOWN')) throw error;
      expect(error.message).toContain('intent-29 and 120 more.');
      expect(error.details.known).toEqual(many);
    }
    expect.assertions(2);
  });

  it('names the task in messages where it has a name', () => {
    const named = sequenceClassification({ labels, name: 'intents' });
    expect(() => encode({ text: 'the' }, 3, named)).toThrow(
      'Row 3 of "intents": it has no "label"',
    );
    expect(named.options).toEqual({ labels, name: 'intents' });
  });

  it.each([
    [[], 'labels: There must be at least two labels.'],
    [['a'], 'labels: There must be at least two labels.'],
    [['a', 'b', 'a'], 'labels.2: "a" is label 0 already.'],
    [['a', ''], 'labels.1: A label must not be empty.'],
  ])('refuses the labels %j', (wrong, issue) => {
    expect(() => sequenceClassification({ labels: wrong })).toThrow(issue);
  });

  it('predicts the label of the highest logit, with the softmax of all', () => {
    const examples = [encode({ text: '', label: 'hotel' }), encode({ text: '', label: 'hotel' })];
    // scipy.special.softmax
    const logits = Float32Array.of(0, 1, 2, 1000, 1000, -1000);
    const [first, second] = task.decode(logits, [2, 3], examples);
    expect(first?.label).toBe('weather');
    expect(first?.index).toBe(2);
    expect(first?.scores.flight).toBeCloseTo(0.09003057, 7);
    expect(first?.scores.hotel).toBeCloseTo(0.24472847, 7);
    expect(first?.scores.weather).toBeCloseTo(0.66524096, 7);
    expect(second).toEqual({
      label: 'flight',
      index: 0,
      scores: { flight: 0.5, hotel: 0.5, weather: 0 },
    });
  });

  it('scores accuracy, macro-F1 and Matthews correlation as scikit-learn', () => {
    const predicted = ['flight', 'hotel', 'hotel', 'weather', 'flight'] as const;
    const gold = ['flight', 'hotel', 'weather', 'weather', 'hotel'] as const;
    const predictions = predicted.map((label) => ({
      label,
      index: labels.indexOf(label),
      scores: { flight: 0, hotel: 0, weather: 0, [label]: 1 },
    }));
    const scores = task.score(
      predictions,
      gold.map((label) => ({ text: '', label })),
    );
    expect(scores).toEqual({
      accuracy: expect.closeTo(0.6, 12),
      macroF1: expect.closeTo(0.611111111111111, 12),
      matthewsCorrelation: expect.closeTo(0.4375, 12),
    });
    expect(Object.keys(scores)).toContain(task.primaryMetric);
  });
});
