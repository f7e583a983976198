import type { ChoiceRow } from './choice-row.ts';

/** Rows with the words of the tiny tokenizer, for tests: the good choice is right. */
export const choiceRows: readonly ChoiceRow[] = [
  { text: 'the film was', choices: ['good good', 'a long bad time'], label: 0 },
  { text: 'a place', textPair: 'it was', choices: ['bad', 'a film', 'good good'], label: 2 },
  { text: 'it was a long time', choices: ['a film', 'good good', 'bad', 'it'], label: 1 },
  { text: 'it', choices: ['the place', 'good good'], label: 1 },
];
