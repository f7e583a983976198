/** The lines of a text, whichever way they end, without a byte order mark. */
export function toLines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
}
