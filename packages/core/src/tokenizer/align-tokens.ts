/** A character of a text with its marks. */
export interface TextUnit {
  /** Place in the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** What the tokenizer makes of it before it looks for tokens; may be empty. */
  readonly form: string;
}

/** Where something stands in a text, in UTF-16 code units. */
export interface TextSpan {
  readonly start: number;
  /** Place behind its last character. */
  readonly end: number;
}

type Range = readonly [from: number, to: number];
/** The characters that a token stands for; undefined where it does not tell. */
type Surface = string | undefined;

/**
 * Finds the tokens of a short text in it.
 *
 * Tokens are matched from both ends. Between them an unknown one takes the characters up to where
 * the next known one is found. Unknown neighbours are told apart as BERT tells words apart; where
 * that does not come out even, all of them get the same characters.
 */
export function alignTokens(units: readonly TextUnit[], surfaces: readonly Surface[]): TextSpan[] {
  const form = units.map((unit) => unit.form).join('');
  const owners = units.flatMap((unit) => Array.from({ length: unit.form.length }, () => unit));
  const front = matchFromFront(form, surfaces);
  const from = front.at(-1)?.[1] ?? 0;
  const back = matchFromEnd(form, from, surfaces.slice(front.length));
  const to = back[0]?.[0] ?? form.length;
  const between = surfaces.slice(front.length, surfaces.length - back.length);
  const last = units.at(-1)?.end ?? 0;
  return [...front, ...search(form, [from, to], between), ...back].map(([first, behind]) => {
    const start = owners[first]?.start ?? last;
    return { start, end: behind > first ? (owners[behind - 1]?.end ?? start) : start };
  });
}

function matchFromFront(form: string, surfaces: readonly Surface[]): Range[] {
  const found: Range[] = [];
  let position = 0;
  for (const surface of surfaces) {
    if (surface === undefined || !form.startsWith(surface, position)) break;
    found.push([position, position + surface.length]);
    position += surface.length;
  }
  return found;
}

function matchFromEnd(form: string, from: number, surfaces: readonly Surface[]): Range[] {
  const found: Range[] = [];
  let position = form.length;
  for (const surface of surfaces.toReversed()) {
    if (surface === undefined || !form.slice(from, position).endsWith(surface)) break;
    found.unshift([position - surface.length, position]);
    position -= surface.length;
  }
  return found;
}

function search(form: string, [from, to]: Range, surfaces: readonly Surface[]): Range[] {
  const found: Range[] = [];
  let position = from;
  let unknown = 0;
  const close = (end: number): void => {
    found.push(...share(form, [position, end], unknown));
    unknown = 0;
  };
  for (const surface of surfaces) {
    // An unknown token has a character at least.
    const at = surface ? form.slice(0, to).indexOf(surface, position + Math.min(1, unknown)) : -1;
    if (surface === undefined || at < 0) {
      unknown++;
      continue;
    }
    close(at);
    position = at + surface.length;
    found.push([at, position]);
  }
  close(to);
  return found;
}

/** An ideograph, a run of other letters and digits, or a character that is neither. */
const part = /\p{Ideographic}|(?:(?!\p{Ideographic})[\p{L}\p{N}\p{M}])+|./gsu;

function share(form: string, [from, to]: Range, count: number): Range[] {
  const parts = Array.from(form.slice(from, to).matchAll(part), ({ 0: text, index }): Range => {
    const start = from + index;
    return [start, start + text.length];
  });
  if (parts.length === count) return parts;
  return Array.from({ length: count }, (): Range => [from, to]);
}
