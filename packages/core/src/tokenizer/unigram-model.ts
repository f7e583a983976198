/** A Unigram model lists its tokens with their scores; the place in the list is the id. */
export function unigramVocabulary(vocab: unknown): Record<string, number> | undefined {
  if (!Array.isArray(vocab)) return undefined;
  // Entries made by definition, so that a token "__proto__" is one as well.
  return Object.fromEntries(vocab.map((entry: unknown, id) => [String(tokenOf(entry)), id]));
}

/** What keeps a Unigram model from giving the ids that it gives in Python, if anything. */
export function unigramFault(model: Readonly<Record<string, unknown>>): string | undefined {
  const { vocab, unk_id: unknownId, byte_fallback: byteFallback } = model;
  const entries: readonly unknown[] = Array.isArray(vocab) ? vocab : [];
  const wrong = entries.find((entry) => !isScored(entry));
  if (wrong !== undefined) {
    return `its vocabulary has the entry ${JSON.stringify(wrong)}; allowed: [token, score]`;
  }
  if (byteFallback === true) {
    return 'its Unigram model falls back to bytes ("byte_fallback"); allowed: false';
  }
  if (isPlace(unknownId, entries.length)) return undefined;
  const found = JSON.stringify(unknownId) ?? 'none';
  return `its "unk_id" is ${found}; allowed: an integer within [0, ${entries.length - 1}]`;
}

function tokenOf(entry: unknown): unknown {
  return Array.isArray(entry) ? entry[0] : entry;
}

function isScored(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  return typeof entry[0] === 'string' && Number.isFinite(entry[1]);
}

function isPlace(value: unknown, length: number): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < length;
}
