import type { RowKind } from './row-kind.ts';

export type FieldName =
  | 'text'
  | 'textPair'
  | 'label'
  | 'labels'
  | 'value'
  | 'tokens'
  | 'tags'
  | 'choices'
  | 'start'
  | 'end'
  | 'startPair'
  | 'endPair';

/** The name of a field in a file, by what it is; found out where absent. */
export type ChosenFields = Readonly<Partial<Record<FieldName, string>>>;

/**
 * The names under which a field is found in JSON objects and in headers, in any case; the first name
 * that is there counts.
 */
const fieldNames: Readonly<Record<FieldName, readonly string[]>> = {
  text: ['text', 'sentence', 'text1', 'sentence1', 'utterance', 'query', 'question', 'premise'],
  textPair: ['text_pair', 'textPair', 'text2', 'sentence2', 'hypothesis', 'passage'],
  label: ['label', 'category', 'intent', 'class', 'sentiment'],
  labels: ['labels', 'label', 'categories', 'classes'],
  value: ['value', 'score', 'similarity', 'rating', 'label'],
  tokens: ['tokens', 'words'],
  tags: ['tags', 'ner_tags'],
  choices: ['choices', 'endings', 'options'],
  start: ['start1', 'start'],
  end: ['end1', 'end'],
  startPair: ['start2', 'start_pair', 'startPair'],
  endPair: ['end2', 'end_pair', 'endPair'],
};

/** A question about a text comes behind it, where there are answers to choose from. */
const choiceNames = {
  text: [
    'text',
    'context',
    'ctx',
    'passage',
    'article',
    'premise',
    'sent1',
    'sentence',
    'question',
  ],
  textPair: ['text_pair', 'textPair', 'question', 'sent2'],
  label: ['label', 'answer', 'answerKey'],
} as const;

/** The names that a field may have in rows of a kind. */
export function namesOf(field: FieldName, kind: RowKind): readonly string[] {
  const own = kind === 'choice' && field in choiceNames;
  return own ? choiceNames[field as keyof typeof choiceNames] : fieldNames[field]; // It is a key.
}

/** Finds a field among the names that a row or header has. */
export function findField(
  present: readonly string[],
  field: FieldName,
  kind: RowKind,
  chosen: ChosenFields = {},
): string | undefined {
  const { [field]: only } = chosen;
  const names = only === undefined ? namesOf(field, kind) : [only];
  const byName = new Map(present.map((name) => [name.trim().toLowerCase(), name]));
  const found = names
    .map((name) => byName.get(name.toLowerCase()))
    .filter((name) => name !== undefined);
  // A question alone is the text, and no second one.
  const taken = field === 'textPair' ? findField(present, 'text', kind, chosen) : undefined;
  return found.find((name) => name !== taken);
}
