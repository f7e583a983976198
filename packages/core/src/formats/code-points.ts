const surrogate = /[\uD800-\uDFFF]/;

/**
 * Where a place counted in code points, as Python counts, is in UTF-16 code units, as JavaScript does; null
 * if it is none of the text's.
 *
 * @param place - From 0 to the number of code points, the end included.
 */
export function toUtf16(text: string, place: number): number | null {
  if (!Number.isInteger(place) || place < 0 || place > text.length) return null;
  if (!surrogate.test(text)) return place;
  let [units, points] = [0, 0];
  while (points < place && units < text.length) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
    points++;
  }
  return points === place ? units : null;
}
