import { PtlError } from '../../contract/errors.ts';
import { encodeTexts } from '../../tokenizer/encode-row.ts';
import type { EncodedRow } from '../../tokenizer/encoded-row.ts';
import { longestFirst } from '../../tokenizer/truncate.ts';
import { nameRow, type RowPlace } from '../row-place.ts';
import type { EncodingContext } from '../task.ts';
import { LocatedWord } from './located-word.ts';
import type { MarkedPair } from './read-words.ts';

/** Of the first and of the second text, in tokens. */
type Counts = readonly [first: number, second: number];

/**
 * Encodes a pair of texts and notes where the tokens of their words are.
 *
 * A row that is too long loses tokens as any pair of texts does, but never one of a word.
 *
 * @throws {@link PtlError} `ROW_TOO_LONG` if the words, and what the texts have on the side that is
 *   not cut, do not fit; `ROW_INVALID` for a word that the tokenizer leaves nothing of.
 */
export function encodeMarkedPair(
  pair: MarkedPair,
  at: RowPlace,
  context: EncodingContext,
): EncodedRow {
  const words = {
    text: new LocatedWord('text', pair.text, context),
    textPair: new LocatedWord('textPair', pair.textPair, context),
  };
  const cut = (first: number, second: number, room: number): Counts => {
    const needed: Counts = [words.text.needed, words.textPair.needed];
    const missing = needed[0] + needed[1] - room;
    if (missing > 0) throw wordsCut(at, missing, context);
    const kept = protect(longestFirst(first, second, room), needed, room);
    [words.text.kept, words.textPair.kept] = kept;
    return kept;
  };
  const { row, textStart, pairStart } = encodeTexts(
    {
      hasPair: true,
      tokens: (field, spaceBefore) => words[field].tokenize(spaceBefore, context.tokenizer, at),
    },
    cut,
    context,
  );
  return { ...row, words: [words.text.rangeFrom(textStart), words.textPair.rangeFrom(pairStart)] };
}

/** Gives a text that would lose its word what it needs, from the other one. */
function protect([first, second]: Counts, [needed, neededPair]: Counts, room: number): Counts {
  if (first < needed) return [needed, room - needed];
  return second < neededPair ? [room - neededPair, neededPair] : [first, second];
}

function wordsCut(at: RowPlace, missing: number, { maxPositions: available }: EncodingContext) {
  const positions = available + missing;
  const message =
    `${nameRow(at)}: its words would be cut off. With the prompt and what stands before them they ` +
    `take ${positions} positions; the backbone has ${available}. Shorten its texts around the words.`;
  return new PtlError('ROW_TOO_LONG', message, { positions, available });
}
