import type { TextDataSet } from '../data/data-set.ts';

const texts = [
  'a film',
  'the film was long',
  'a good time',
  'good place',
  'it was bad',
  'bad film',
];
const rows = texts.map((text) => ({ text, label: /bad|long/.test(text) ? 'bad' : 'good' }));

/** Six sentences in words of the tiny tokenizer, and whether they praise. */
export const films: TextDataSet = {
  name: 'films',
  kind: 'sequence-classification',
  labels: ['bad', 'good'],
  train: rows,
  development: rows.slice(0, 2),
  test: rows.slice(3),
  notes: ['Made up'],
};
