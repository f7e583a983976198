/**
 * Reads the table of characters of a SentencePiece model, as `tokenizer.json` holds it in base64: a
 * double array over bytes of UTF-8 behind its length in bytes, and then the replacements, each ended
 * by a zero byte.
 *
 * @returns What replaces characters by that table, a cluster of them at a time where the table has
 *   the cluster.
 * @throws Error if the text is no such table.
 */
export function readCharsmap(base64: unknown): (text: string) => string {
  if (typeof base64 !== 'string') throw new Error('its "precompiled_charsmap" is no text');
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const size = bytes.length < 4 ? -1 : new DataView(bytes.buffer).getUint32(0, true);
  if (size < 4 || size % 4 !== 0 || size + 4 > bytes.length) {
    throw new Error('its "precompiled_charsmap" is cut off');
  }
  const units = new DataView(bytes.buffer, 4, size);
  const replacements = bytes.subarray(4 + size);
  const find = (text: string) => {
    const start = findShortest(units, encoder.encode(text));
    if (start === undefined) return undefined;
    const end = replacements.indexOf(0, start);
    return decoder.decode(replacements.subarray(start, end < 0 ? undefined : end));
  };
  return (text) =>
    Array.from(clusters.segment(text), ({ segment }) => replace(segment, find)).join('');
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Longer clusters are looked up character by character only, as in Python's library. */
const longestCluster = 5;

function replace(cluster: string, find: (text: string) => string | undefined): string {
  const short = encoder.encode(cluster).length <= longestCluster;
  const whole = short ? find(cluster) : undefined;
  return whole ?? Array.from(cluster, (letter) => find(letter) ?? letter).join('');
}

/** The value of the shortest key that the bytes start with. */
function findShortest(units: DataView, key: Uint8Array): number | undefined {
  const unitAt = (place: number) =>
    place * 4 < units.byteLength ? units.getUint32(place * 4, true) : 0;
  let place = offsetOf(unitAt(0));
  for (const byte of key) {
    if (byte === 0) return undefined;
    place = (place ^ byte) >>> 0;
    const unit = unitAt(place);
    // The label with the bit that only leaves have.
    if ((unit & 0x800000ff) !== byte) return undefined;
    place = (place ^ offsetOf(unit)) >>> 0;
    if (((unit >>> 8) & 1) === 1) return unitAt(place) & 0x7fffffff;
  }
  return undefined;
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}
