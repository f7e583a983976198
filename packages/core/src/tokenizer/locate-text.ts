import type { LocatedTokens } from './locate-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Where the tokens of a text stand in it, also where it is tokenized as running text.
 *
 * @param spaceBefore - Whether the text goes on in a line of running text, behind a space.
 */
export function locateText(
  text: string,
  spaceBefore: boolean,
  tokenizer: Tokenizer,
): LocatedTokens {
  const rest = text.trimStart();
  if (!spaceBefore || rest === '') return tokenizer.locate(spaceBefore ? rest : text);
  const moved = text.length - rest.length - 1;
  const { ids, spans } = tokenizer.locate(` ${rest}`);
  return {
    ids,
    spans: spans.map(({ start, end }) => ({ start: start + moved, end: end + moved })),
  };
}
