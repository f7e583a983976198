import { PtlError } from '../contract/errors.ts';
import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import type { TemplatePart } from '../contract/layout.ts';
import { type RowPiece, type RowTexts, specialFrame, tokensPiece } from './row-pieces.ts';
import { formatTemplate } from './template.ts';
import { type Gap, gapBehind, hasSpaceBefore } from './template-gap.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * A row as a template has it: the special tokens of a single text around the parts. A template
 * that ends with a separator gets no second one there.
 *
 * Running text is tokenized as such: a text behind other words or another text has a space before
 * it unless the template joins it to words, as in `({text})`; the start of a row and what follows a
 * separator has none. For word-piece tokenizers this makes no difference.
 *
 * A decoder predicts what stands at `{mask}` from what stands before it: there is nothing behind it,
 * not even the tokens that end a text.
 *
 * Token types are those of a pair from the segment of its second text on, where a segment starts
 * behind a separator; slots and words count with the segment they stand in.
 */
export function templatePieces(
  template: readonly TemplatePart[],
  texts: RowTexts,
  tokenizer: Tokenizer,
  architecture: BackboneArchitecture = 'encoder',
): RowPiece[] {
  const parts = fitParts(template, texts.hasPair);
  const isCausal = architecture === 'decoder';
  if (isCausal) assertMaskLast(parts);
  const { before, after } = specialFrame(tokenizer, false);
  const { lastType } = specialFrame(tokenizer, true);
  const secondSegment = startOfSecondSegment(parts);
  const typeAt = (index: number): number => (index >= secondSegment ? lastType : 0);
  let gap: Gap = 'start';
  const pieces = parts.map((part, index): RowPiece => {
    const isSpaced = hasSpaceBefore(part, gap);
    const piece = toPiece(part, isSpaced, { texts, tokenizer, isCausal });
    gap = gapBehind(part, gap);
    return { ...piece, tokenType: typeAt(index) };
  });
  const last = parts.at(-1)?.kind;
  const closed = last === 'separator' || (isCausal && last === 'mask');
  const end = { ...after, tokenType: typeAt(parts.length - 1) };
  return [before, ...pieces, ...(closed ? [] : [end])];
}

function assertMaskLast(parts: readonly TemplatePart[]): void {
  const place = parts.findIndex(({ kind }) => kind === 'mask');
  if (place < 0 || place === parts.length - 1) return;
  const template = formatTemplate(parts);
  const message =
    `The template "${template}" is not for a decoder: it predicts {mask} from what stands before it, ` +
    'so that nothing may stand behind.';
  throw new PtlError('TEMPLATE_INVALID', message, {
    template,
    position: template.indexOf('{mask}'),
  });
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

interface PieceContext {
  readonly texts: RowTexts;
  readonly tokenizer: Tokenizer;
  /** Whether a mask is predicted unseen. */
  readonly isCausal: boolean;
}

function toPiece(part: TemplatePart, isSpaced: boolean, context: PieceContext): RowPiece {
  const { texts, tokenizer } = context;
  switch (part.kind) {
    case 'prompt':
      return { ...tokensPiece([], 0), slots: part.length };
    case 'separator':
      return tokensPiece([specialOf(tokenizer, 'sep')], 0);
    case 'mask':
      return maskPiece(part.count ?? 1, context);
    case 'field': {
      const piece = { ...tokensPiece(texts.tokens(part.field, isSpaced), 0), field: part.field };
      return part.shorten ? { ...piece, shorten: part.shorten } : piece;
    }
    default:
      return tokensPiece(tokenizer.tokenize((isSpaced ? ' ' : '') + part.text.trim()), 0);
  }
}

function maskPiece(count: number, { tokenizer, isCausal }: PieceContext): RowPiece {
  if (isCausal) return { ...tokensPiece([], 0), reads: 'behind' };
  const mask = specialOf(tokenizer, 'mask');
  return {
    ...tokensPiece(
      Array.from({ length: count }, () => mask),
      0,
    ),
    reads: 'here',
  };
}

function specialOf({ special }: Tokenizer, role: 'sep' | 'mask'): number {
  const id = special[role];
  if (id !== undefined) return id;
  const kind = role === 'sep' ? 'separator' : 'mask';
  const template = formatTemplate([{ kind }]);
  const message = `A template asks for ${template}, but the tokenizer has no ${kind} token.`;
  throw new PtlError('TEMPLATE_INVALID', message, { template, position: 0 });
}
