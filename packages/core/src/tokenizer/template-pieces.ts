import { PtlError } from '../contract/errors.ts';
import type { TemplatePart } from '../contract/layout.ts';
import { type RowPiece, type RowTexts, specialFrame, tokensPiece } from './row-pieces.ts';
import { formatTemplate } from './template.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * What stands before the next words or text, which decides whether a byte-level tokenizer is to see
 * a space there: the start of a segment, a space, words without one behind them, or a text or slot.
 */
type Gap = 'start' | 'space' | 'words' | 'open';

/**
 * A row as a template has it: the special tokens of a single text around the parts. A template
 * that ends with a separator gets no second one there.
 *
 * Running text is tokenized as such: a text behind other words or another text has a space before
 * it unless the template joins it to words, as in `({text})`; the start of a row and what follows a
 * separator has none. For word-piece tokenizers this makes no difference.
 *
 * Token types are those of a pair from the segment of its second text on, where a segment starts
 * behind a separator; slots and words count with the segment they stand in.
 */
export function templatePieces(
  template: readonly TemplatePart[],
  texts: RowTexts,
  tokenizer: Tokenizer,
): RowPiece[] {
  const parts = fitParts(template, texts.hasPair);
  const { before, after } = specialFrame(tokenizer, false);
  const { lastType } = specialFrame(tokenizer, true);
  const secondSegment = startOfSecondSegment(parts);
  const typeAt = (index: number): number => (index >= secondSegment ? lastType : 0);
  let gap: Gap = 'start';
  const pieces = parts.map((part, index): RowPiece => {
    const piece = toPiece(part, gap, texts, tokenizer);
    gap = gapBehind(part, gap);
    return { ...piece, tokenType: typeAt(index) };
  });
  const closed = parts.at(-1)?.kind === 'separator';
  const end = { ...after, tokenType: typeAt(parts.length - 1) };
  return [before, ...pieces, ...(closed ? [] : [end])];
}

/** Leaves out the second text where the row has none, and adds it where the template has none. */
function fitParts(parts: readonly TemplatePart[], hasPair: boolean): readonly TemplatePart[] {
  const named = parts.findIndex((part) => part.kind === 'field' && part.field === 'textPair');
  if (hasPair === named >= 0) return parts;
  if (hasPair) {
    const text = parts.findIndex((part) => part.kind === 'field');
    const added: TemplatePart[] = [{ kind: 'separator' }, { kind: 'field', field: 'textPair' }];
    return parts.toSpliced(text + 1, 0, ...added);
  }
  const separated = parts[named - 1]?.kind === 'separator' ? 1 : 0;
  return parts.toSpliced(named - separated, 1 + separated);
}

/** Index of the first part behind the separators that part the two texts; infinite without them. */
function startOfSecondSegment(parts: readonly TemplatePart[]): number {
  const first = parts.findIndex(({ kind }) => kind === 'field');
  const second = parts.findLastIndex(({ kind }) => kind === 'field');
  const separator = parts.slice(0, second).findLastIndex(({ kind }) => kind === 'separator');
  return separator > first ? separator + 1 : Number.POSITIVE_INFINITY;
}

function toPiece(part: TemplatePart, gap: Gap, texts: RowTexts, tokenizer: Tokenizer): RowPiece {
  if (part.kind === 'prompt') return { ...tokensPiece([], 0), slots: part.length };
  if (part.kind === 'separator') return tokensPiece([separatorOf(tokenizer)], 0);
  if (part.kind === 'field') {
    const ids = texts.tokens(part.field, gap === 'space' || gap === 'open');
    return { ...tokensPiece(ids, 0), field: part.field };
  }
  const spaced = gap === 'space' || (gap !== 'start' && /^\s/.test(part.text));
  return tokensPiece(tokenizer.tokenize((spaced ? ' ' : '') + part.text.trim()), 0);
}

function gapBehind(part: TemplatePart, gap: Gap): Gap {
  if (part.kind === 'separator') return 'start';
  if (part.kind === 'field') return 'open';
  if (part.kind === 'words') return /\s$/.test(part.text) ? 'space' : 'words';
  return gap === 'words' ? 'open' : gap;
}

function separatorOf({ special }: Tokenizer): number {
  if (special.sep !== undefined) return special.sep;
  const template = formatTemplate([{ kind: 'separator' }]);
  const message = `A template asks for ${template}, but the tokenizer has no separator token.`;
  throw new PtlError('TEMPLATE_INVALID', message, { template, position: 0 });
}
