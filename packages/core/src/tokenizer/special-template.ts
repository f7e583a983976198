import type { AssembledRow } from './tokenizer.ts';

/** Where special tokens stand around one sequence and around two. */
export interface SpecialTemplate {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
}

export type TemplatePiece =
  | { readonly kind: 'special'; readonly ids: readonly number[]; readonly type: number }
  | { readonly kind: 'sequence'; readonly which: 'A' | 'B'; readonly type: number };

/** The place of a text, with the token type that its tokens get. */
export function sequencePiece(which: 'A' | 'B', type: number): TemplatePiece {
  return { kind: 'sequence', which, type };
}

export function specialPiece(ids: readonly number[], type: number): TemplatePiece {
  return { kind: 'special', ids, type };
}

/** Fills a template with one sequence or two. */
export function fillTemplate(
  template: SpecialTemplate,
  first: readonly number[],
  second: readonly number[] | undefined,
): AssembledRow {
  const pieces = second ? template.pair : template.single;
  const sequences = { A: first, B: second ?? [] };
  const idsOf = (piece: TemplatePiece) =>
    piece.kind === 'sequence' ? sequences[piece.which] : piece.ids;
  const startOf = (which: 'A' | 'B') => {
    const place = pieces.findIndex((piece) => piece.kind === 'sequence' && piece.which === which);
    return pieces.slice(0, place).flatMap(idsOf).length;
  };
  const row = {
    inputIds: pieces.flatMap(idsOf),
    tokenTypeIds: pieces.flatMap((piece) => idsOf(piece).map(() => piece.type)),
    firstStart: startOf('A'),
  };
  return second ? { ...row, secondStart: startOf('B') } : row;
}
