import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { collate } from '../tokenizer/collate.ts';
import { loadFixtureTokenizer } from '../tokenizer/fixture-tokenizer.ts';
import { resolveTemplate } from '../tokenizer/resolve-template.ts';
import { parseTemplate } from '../tokenizer/template.ts';
import { labelsOf } from './labels-of.ts';
import type { EncodingContext } from './task.ts';
import { type TaggedRow, tokenClassification } from './token-classification.ts';

const labels = ['B-x', 'B-y', 'I-x', 'O'] as const;
type Tag = (typeof labels)[number];
const task = tokenClassification({ labels });
const context: EncodingContext = {
  tokenizer: loadFixtureTokenizer('bert'),
  layout: {
    kind: 'template',
    parts: resolveTemplate(parseTemplate('{prompt:2} it {prompt:1} {text}'), () => []).parts,
  },
  maxPositions: 16,
};
const row: TaggedRow<Tag> = {
  tokens: ['the', 'lighthouses', '', 'was', 'trains'],
  tags: ['O', 'B-x', 'O', 'I-x', 'B-y'],
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Rows from outside may be anything. */
function encode(value: unknown, maxPositions = 16) {
  return task.encode(value as TaggedRow<Tag>, 4, { ...context, maxPositions });
}

/** Logits that are highest at one label of each position. */
function logitsOf(places: readonly number[]): Float32Array {
  return Float32Array.from(
    places.flatMap((place) => labels.map((_, at) => (at === place ? 5 : 0))),
  );
}

describe('tokenClassification', () => {
  it('encodes words with the places of their tags', () => {
    const { row: encoded, target } = encode(row);
    expect(encoded.wordStarts).toEqual([2, 3, -1, 5, 6]);
    expect(target).toEqual([3, 0, 3, 2, 1]);
    const { tags: _, ...input } = row;
    const predicted = task.encodeInput(input as TaggedRow<Tag>, 0, context);
    expect(predicted).toEqual({ row: encoded, target: null });
  });

  it('counts the loss at the first token of each word that is left', () => {
    const examples = [encode(row), encode(row, 9), encode({ tokens: [], tags: [] })];
    const batch = collate(
      examples.map((example) => example.row),
      0,
    );
    const sequence = batch.sequence - batch.promptLength;
    // [CLS] it the lighthouse ##s was train ##s [SEP]: right where a word starts, wrong elsewhere.
    const right = [0, 0, 3, 0, 3, 2, 1, 3, 0];
    const logits = tf.tensor3d(logitsOf([...right, ...right, ...right]), [3, sequence, 4]);
    const { sum, count } = task.loss(logits, examples, batch);
    // The row of 9 positions keeps: the, lighthouses.
    expect(count).toBe(4 + 2);
    expect(sum.dataSync()[0]).toBeCloseTo(6 * Math.log(1 + 3 * Math.exp(-5)), 5);
  });

  it('reads tags off the first token of each word, O for words without one', () => {
    const examples = [encode(row), encode(row, 9)];
    const places = [0, 0, 1, 2, 0, 0, 2, 0, 0];
    const predictions = task.decode(logitsOf([...places, ...places]), [2, 9, 4], examples);
    expect(predictions).toEqual([
      { tags: ['B-y', 'I-x', 'O', 'B-x', 'I-x'] },
      { tags: ['B-y', 'I-x', 'O', 'O', 'O'] },
    ]);
  });

  it('predicts the first label for words without a token where there is no O', () => {
    const nouns = tokenClassification({ labels: ['NOUN', 'VERB'] });
    const example = nouns.encode({ tokens: ['', 'was'], tags: ['VERB', 'VERB'] }, 0, context);
    const logits = new Float32Array(5 * 2).map((_, index) => index % 2);
    expect(nouns.decode(logits, [1, 5, 2], [example])).toEqual([{ tags: ['NOUN', 'VERB'] }]);
  });

  it.each([
    [{ tokens: ['the'] }, 'it has no "tags". Its fields: tokens'],
    [{ text: 'the', label: 'O' }, 'it has no "tokens". Its fields: text, label'],
    [{ tokens: 'the', tags: ['O'] }, '"tokens" must be an array of strings. Got "the"'],
    [{ tokens: ['the', 3], tags: ['O', 'O'] }, '"tokens" must hold strings. Its item 1 is 3'],
    [{ tokens: ['the'], tags: ['O', 'O'] }, 'it has 1 tokens, but 2 tags'],
  ])('says what is wrong with the row %j', (wrong, reason) => {
    const details = { row: 4, reason };
    expect(() => encode(wrong)).toThrow(expect.objectContaining({ code: 'ROW_INVALID', details }));
  });

  it('suggests the nearest label for an unknown tag', () => {
    const unknown = () => encode({ tokens: ['the'], tags: ['I-y'] });
    expect(unknown).toThrow('Row 4: the task has no label "I-y". Did you mean "B-y"?');
  });

  it('scores entities as seqeval, lenient and strict, and words', () => {
    const gold: Tag[][] = [
      ['B-x', 'I-x', 'O', 'B-y'],
      ['B-y', 'O'],
    ];
    const predicted: Tag[][] = [
      ['I-x', 'I-x', 'O', 'B-y'],
      ['O', 'O'],
    ];
    const scores = task.score(
      predicted.map((tags) => ({ tags })),
      gold.map((tags) => ({ tokens: tags, tags })),
    );
    expect(scores).toEqual({
      entityF1: expect.closeTo(0.8, 12),
      entityPrecision: 1,
      entityRecall: expect.closeTo(2 / 3, 12),
      accuracy: expect.closeTo(2 / 3, 12),
      entityF1Strict: expect.closeTo(0.5, 12),
    });
    expect(Object.keys(scores)).toContain(task.primaryMetric);
  });

  it.each([
    [['O', 'B-x', 'I-x'], true],
    [['O', 'B-x', 'I-x', 'E-x', 'S-x'], true],
    [['O', 'B-x', 'I-x', 'L-x', 'U-x'], true],
    [['O', 'I-x', 'E-x'], true],
    [['NOUN', 'VERB'], false],
    [['B-x', 'other'], false],
    [['O', 'B-x', 'S-x', 'U-x'], false],
  ])('has a strict score for the labels %j: %s', (some, isStrict) => {
    const other = tokenClassification({ labels: some });
    const scores = other.score([{ tags: some }], [{ tokens: some, tags: some }]);
    expect('entityF1Strict' in scores).toBe(isStrict);
  });

  it('refuses labels that are not two or more', () => {
    expect(() => tokenClassification({ labels: ['O'] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('labelsOf', () => {
  it('collects tags and labels, each once and sorted', () => {
    expect(labelsOf([row, { tags: ['O', 'I-z'] }])).toEqual(['B-x', 'B-y', 'I-x', 'I-z', 'O']);
    expect(labelsOf([{ label: 'no' }, { label: 'Yes' }, { label: 'no' }])).toEqual(['Yes', 'no']);
  });

  it('says which row has no label', () => {
    const rows = [{ label: 'yes' }, { text: 'the' }] as { label: string }[];
    expect(() => labelsOf(rows)).toThrow('Row 1: it has no "label"');
  });
});
