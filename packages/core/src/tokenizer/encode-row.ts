import { PtlError } from '../contract/errors.ts';
import { type PromptLayout, slotCount } from '../contract/layout.ts';
import type { EncodingContext } from '../task/task.ts';
import type { EncodedRow } from './encoded-row.ts';
import { joinPieces, placeSlots } from './join-pieces.ts';
import { plainPieces, type RowPiece, type RowTexts } from './row-pieces.ts';
import { templatePieces } from './template-pieces.ts';
import type { Tokenizer } from './tokenizer.ts';
import { longestFirst, wholeWords } from './truncate.ts';

export interface TextInput {
  readonly text: string;
  /** The second text of a pair. */
  readonly textPair?: string | undefined;
}

export interface ContinuationInput {
  /** What is given. */
  readonly prompt?: string | undefined;
  /** How it goes on. */
  readonly text: string;
}

/** How many tokens of the first and the second text are kept where `room` is left for them. */
type Cut = (first: number, second: number, room: number) => readonly [number, number];

/**
 * Encodes a text or a pair of texts with special tokens, and slots where the layout has them.
 *
 * A row that is too long is cut at the end of its longest text; words of a template, slots and
 * special tokens stay.
 *
 * @throws {@link PtlError} `ROW_TOO_LONG` if nothing of the texts would be left; `TEMPLATE_INVALID`
 *   if the template has a separator and the tokenizer none.
 */
export function encodeText({ text, textPair }: TextInput, context: EncodingContext): EncodedRow {
  const { tokenizer } = context;
  const texts: RowTexts = {
    hasPair: textPair !== undefined,
    tokens: (field, spaceBefore) =>
      tokenizeText(field === 'text' ? text : (textPair ?? ''), spaceBefore, tokenizer),
  };
  return encodeTexts(texts, longestFirst, context).row;
}

/**
 * Encodes a text behind what it continues, and notes where it starts as the row's only word.
 *
 * A row that is too long is cut at its end.
 *
 * @throws {@link PtlError} `ROW_TOO_LONG` as {@link encodeText}.
 */
export function encodeContinuation(
  { prompt = '', text }: ContinuationInput,
  context: EncodingContext,
): EncodedRow {
  const given = context.tokenizer.tokenize(prompt);
  const tokens = [...given, ...context.tokenizer.tokenize(text)];
  const { row, textStart } = encodeTexts(
    { hasPair: false, tokens: () => tokens },
    longestFirst,
    context,
  );
  return { ...row, wordStarts: [textStart + given.length] };
}

/**
 * Encodes a sentence that is split into words, and notes where each of them starts.
 *
 * A row that is too long loses whole words at its end.
 *
 * @throws {@link PtlError} `ROW_TOO_LONG` if the prompt and the special tokens leave no room.
 */
export function encodeWords(words: readonly string[], context: EncodingContext): EncodedRow {
  const tokens = context.tokenizer.tokenizeWords(words);
  const lengths = tokens.map(({ length }) => length);
  let total = 0;
  const starts = lengths.map((length) => {
    total += length;
    return total - length;
  });
  const texts: RowTexts = { hasPair: false, tokens: () => tokens.flat() };
  const cut: Cut = (_first, _second, room) => [starts[wholeWords(lengths, room)] ?? total, 0];
  const { row, textStart, kept } = encodeTexts(texts, cut, context);
  const wordStarts = starts.map((start, word) =>
    lengths[word] === 0 || start >= kept ? -1 : textStart + start,
  );
  return { ...row, wordStarts };
}

/** Encodes tokens that are there already, and tells where those of the texts start. */
export function encodeTexts(
  texts: RowTexts,
  cut: Cut,
  { tokenizer, layout, maxPositions }: EncodingContext,
) {
  const pieces =
    layout.kind === 'template'
      ? templatePieces(layout.parts, texts, tokenizer)
      : plainPieces(texts, tokenizer);
  const first = fieldLength(pieces, 'text');
  const second = fieldLength(pieces, 'textPair');
  const fixed = sum(pieces.map(({ ids, field }) => (field ? 0 : ids.length))) + slotCount(layout);
  const room = maxPositions - fixed;
  assertRoom(room, first + second, fixed, maxPositions);
  const [kept, keptPair] = cut(first, second, room);
  const joined = joinPieces(
    pieces.map((piece) => cutPiece(piece, kept, keptPair)),
    tokenizer.special.pad,
  );
  const { textStart, pairStart, ...tokens } = placeLayout(joined, layout, tokenizer);
  const truncatedTokens = first + second - kept - keptPair;
  return { row: { ...tokens, truncatedTokens }, textStart, pairStart, kept };
}

function placeLayout(
  row: ReturnType<typeof joinPieces>,
  layout: PromptLayout,
  { special }: Tokenizer,
): ReturnType<typeof joinPieces> {
  return layout.kind === 'placed' ? placeSlots(row, layout.at, layout.length, special.pad) : row;
}

function cutPiece(piece: RowPiece, kept: number, keptPair: number): RowPiece {
  if (!piece.field) return piece;
  return { ...piece, ids: piece.ids.slice(0, piece.field === 'text' ? kept : keptPair) };
}

function fieldLength(pieces: readonly RowPiece[], field: RowPiece['field']): number {
  return pieces.find((piece) => piece.field === field)?.ids.length ?? 0;
}

/** @throws {@link PtlError} `ROW_TOO_LONG` unless there is room for one of the tokens, if any. */
export function assertRoom(room: number, tokens: number, fixed: number, available: number): void {
  const needed = Math.min(1, tokens);
  if (room >= needed) return;
  const positions = fixed + needed;
  const message =
    `The prompt and what surrounds the text take ${fixed} positions; the backbone has ${available}, ` +
    'which leaves none for the text. Use a shorter prompt or template.';
  throw new PtlError('ROW_TOO_LONG', message, { positions, available });
}

export function tokenizeText(
  text: string,
  spaceBefore: boolean,
  tokenizer: Tokenizer,
): readonly number[] {
  if (!spaceBefore) return tokenizer.tokenize(text);
  const rest = text.trimStart();
  return rest === '' ? [] : tokenizer.tokenize(` ${rest}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
