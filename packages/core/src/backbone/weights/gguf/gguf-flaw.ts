/** A fault of a GGUF file, on its way to the error that names the file. */
export class GgufFlaw extends Error {}

/** Text in quotes, cut where a hostile file would fill the screen. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
