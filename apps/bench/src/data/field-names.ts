/**
 * The names under which a field is found in JSONL objects and CSV headers, in any case; the first
 * name that is there counts.
 */
export const fieldNames = {
  text: ['text', 'sentence', 'text1', 'sentence1', 'utterance', 'query', 'question', 'premise'],
  textPair: ['text_pair', 'textPair', 'text2', 'sentence2', 'hypothesis', 'passage'],
  label: ['label', 'category', 'intent', 'class', 'sentiment'],
  tokens: ['tokens', 'words'],
  tags: ['tags', 'ner_tags'],
} as const;

/** Finds a field among the names that a row or header has. */
export function findField(
  present: readonly string[],
  field: keyof typeof fieldNames,
): string | undefined {
  const byName = new Map(present.map((name) => [name.trim().toLowerCase(), name]));
  const found = fieldNames[field].find((name) => byName.has(name.toLowerCase()));
  return found === undefined ? undefined : byName.get(found.toLowerCase());
}
