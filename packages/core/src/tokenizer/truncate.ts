/**
 * How many tokens of two texts are kept so that `room` are left, cut one by one from the end of
 * whichever text is the longest.
 *
 * Where both end up as long as each other and `room` is odd, the one that was longer keeps the odd
 * token, the second if neither was. Equals `truncation='longest_first'` of the fast tokenizers in
 * Transformers.
 *
 * @param room - In tokens, at least 0.
 */
export function longestFirst(
  first: number,
  second: number,
  room: number,
): readonly [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second, Math.floor(room / 2));
  return first > second ? [room - shorter, shorter] : [shorter, room - shorter];
}

/**
 * How many words are kept, from the front, so that their tokens fit in `room`. A word that does
 * not fit as a whole is cut, and all behind it.
 *
 * @param lengths - Tokens of each word.
 */
export function wholeWords(lengths: readonly number[], room: number): number {
  let used = 0;
  const cut = lengths.findIndex((length) => {
    used += length;
    return used > room;
  });
  return cut < 0 ? lengths.length : cut;
}
