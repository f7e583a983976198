import type { LabelSetRow } from '../task/multi-label-classification.ts';
import type { ChoiceRow } from '../task/multiple-choice/choice-row.ts';
import type { ValueRow } from '../task/regression.ts';
import type { TextRow } from '../task/sequence-classification.ts';
import type { TaggedRow } from '../task/token-classification.ts';
import type { WordInContextRow } from '../task/word-in-context/word-row.ts';

/** The rows that a line of a file can be, by the name of their kind. */
export interface RowOfKind {
  readonly classification: TextRow;
  readonly regression: ValueRow;
  readonly 'multi-label': LabelSetRow;
  readonly tags: TaggedRow;
  readonly choice: ChoiceRow;
  readonly 'word-in-context': WordInContextRow;
}

export type RowKind = keyof RowOfKind;

/** What tells a kind from others: a field of each of these groups, in the order in which kinds are tried. */
const telling: readonly (readonly [RowKind, readonly RegExp[]])[] = [
  ['tags', [/^(tokens|words)$/]],
  ['word-in-context', [/^start1$/, /^start2$/]],
  ['choice', [/^(choices|endings|options|(choice|ending|option|sol)[ _-]?\d+)$/]],
  ['multi-label', [/^(labels|categories|classes)$/]],
  ['classification', [/^(label|category|intent|class|sentiment)$/]],
  ['regression', [/^(value|score|similarity|rating)$/]],
];

/**
 * Guesses of which kind rows are by the names of their fields; `classification` where nothing tells.
 * A label that is a number is a class.
 */
export function guessRowKind(names: readonly string[]): RowKind {
  const present = names.map((name) => name.trim().toLowerCase());
  const found = telling.find(([, fields]) =>
    fields.every((field) => present.some((name) => field.test(name))),
  );
  return found?.[0] ?? 'classification';
}
