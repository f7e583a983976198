import { PtlError } from '../contract/errors.ts';
import { type PromptLayout, slotCount } from '../contract/layout.ts';
import type { EncodingContext } from '../task/task.ts';
import type { EncodedRow } from './encoded-row.ts';
import { joinPieces, placeSlots } from './join-pieces.ts';
import { plainPieces, type RowPiece, type RowTexts } from './row-pieces.ts';
import { formatTemplate } from './template.ts';
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
 * A row that is too long is cut at the end of its longest text, or where a template says; words of a
 * template, slots and special tokens stay.
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
  const { row, textStart, kept, shorten } = encodeTexts(texts, cut, context);
  if (shorten === 'start') throw cutAtStart(context);
  const end = shorten === 'never' ? total : kept;
  const wordStarts = starts.map((start, word) =>
    lengths[word] === 0 || start >= end ? -1 : textStart + start,
  );
  return { ...row, wordStarts };
}

/** Encodes tokens that are there already, and tells where those of the texts start. */
export function encodeTexts(texts: RowTexts, cut: Cut, context: EncodingContext) {
  const { tokenizer, layout, maxPositions } = context;
  const pieces = piecesOf(texts, context);
  const [first, second] = [fieldOf(pieces, 'text'), fieldOf(pieces, 'textPair')];
  const [cuttable, cuttablePair] = [cuttableLength(first), cuttableLength(second)];
  const all = sum(pieces.map(({ ids }) => ids.length));
  const fixed = all - cuttable - cuttablePair + slotCount(layout);
  const room = maxPositions - fixed;
  assertRoom(room, cuttable + cuttablePair, fixed, maxPositions);
  const [kept, keptPair] = cut(cuttable, cuttablePair, room);
  const joined = joinPieces(
    pieces.map((piece) => cutPiece(piece, piece === first ? kept : keptPair)),
    tokenizer.special.pad,
  );
  const { textStart, pairStart, readFor, ...tokens } = placeLayout(joined, layout, tokenizer);
  const truncatedTokens = cuttable + cuttablePair - kept - keptPair;
  const row = { ...tokens, truncatedTokens, ...marksOf(readFor, context) };
  return { row, textStart, pairStart, kept, shorten: first?.shorten };
}

function cutAtStart({ layout }: EncodingContext): PtlError {
  const template = layout.kind === 'template' ? formatTemplate(layout.parts) : '';
  const message = `The template "${template}" is not for words with tags: they are shortened at their end only.`;
  const position = Math.max(0, template.indexOf('shorten'));
  return new PtlError('TEMPLATE_INVALID', message, { template, position });
}

function piecesOf(
  texts: RowTexts,
  { tokenizer, layout, pattern, architecture }: EncodingContext,
): RowPiece[] {
  const parts = layout.kind === 'template' ? layout.parts : pattern;
  return parts
    ? templatePieces(parts, texts, tokenizer, architecture)
    : plainPieces(texts, tokenizer);
}

/** A decoder gives at each position what it predicts for the next. */
function marksOf(
  readFor: readonly number[],
  { architecture }: EncodingContext,
): Pick<EncodedRow, 'marks'> {
  if (readFor.length === 0) return {};
  const behind = architecture === 'decoder' ? 1 : 0;
  return { marks: readFor.map((position) => Math.max(0, position - behind)) };
}

function placeLayout(
  row: ReturnType<typeof joinPieces>,
  layout: PromptLayout,
  { special }: Tokenizer,
): ReturnType<typeof joinPieces> {
  return layout.kind === 'placed' ? placeSlots(row, layout.at, layout.length, special.pad) : row;
}

function cutPiece(piece: RowPiece, kept: number): RowPiece {
  const { field, ids, shorten } = piece;
  if (!field || shorten === 'never') return piece;
  return { ...piece, ids: shorten === 'start' ? ids.slice(ids.length - kept) : ids.slice(0, kept) };
}

function fieldOf(pieces: readonly RowPiece[], field: RowPiece['field']): RowPiece | undefined {
  return pieces.find((piece) => piece.field === field);
}

/** Tokens of a text that a row may lose if it is too long. */
function cuttableLength(piece: RowPiece | undefined): number {
  return !piece || piece.shorten === 'never' ? 0 : piece.ids.length;
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
