import type { WordInContextRow } from './word-row.ts';

/** Pairs of texts with the words of the tiny tokenizer, for tests; a model can tell them apart. */
export const wordRows: readonly WordInContextRow<'false' | 'true'>[] = [
  { text: 'a good film', textPair: 'the good time', span: [2, 6], spanPair: [4, 8], label: 'true' },
  {
    text: 'it was bad',
    textPair: 'a long place',
    span: [7, 10],
    spanPair: [7, 12],
    label: 'false',
  },
  {
    text: 'the place',
    textPair: 'it was the place',
    span: [4, 9],
    spanPair: [11, 16],
    label: 'true',
  },
  { text: 'time', textPair: 'a long long film', span: [0, 4], spanPair: [12, 16], label: 'false' },
];
