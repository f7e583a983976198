/** One piece of a template, in reading order. */
export type TemplatePart =
  /** Slots for `length` virtual tokens. */
  | { readonly kind: 'prompt'; readonly length: number }
  /** One of the row's own texts. */
  | {
      readonly kind: 'field';
      readonly field: 'text' | 'textPair';
      /** Where a row that is too long loses tokens of it: at its end if absent. */
      readonly shorten?: 'start' | 'never' | undefined;
    }
  /** Literal anchor words; they stay ordinary, frozen tokens. */
  | { readonly kind: 'words'; readonly text: string }
  /** The separator token of the backbone's tokenizer. */
  | { readonly kind: 'separator' }
  /** Where a word is read off: `count` mask tokens, one if absent. A decoder predicts it unseen. */
  | { readonly kind: 'mask'; readonly count?: number | undefined };

/**
 * Trainable tokens that start as the embeddings of words; those of one name are the same. A method
 * makes slots of them before they enter a layout, see `resolveTemplate`.
 */
export interface SoftWords {
  readonly kind: 'soft';
  readonly text: string;
  readonly name?: string;
}

/** What a template may be written with. */
export type WrittenPart = TemplatePart | SoftWords;

/** In front of the first token, right behind it, or behind the last token that is not padding. */
export type PromptPlacement = 'front' | 'after-first' | 'end';

/**
 * Where virtual tokens go. Encoding leaves slots there and the embedding layer fills them, so this
 * is the only thing in which placements differ.
 */
export type PromptLayout =
  | { readonly kind: 'none' }
  | { readonly kind: 'placed'; readonly at: PromptPlacement; readonly length: number }
  | { readonly kind: 'template'; readonly parts: readonly TemplatePart[] };

/** Number of slots that a layout leaves in each row. */
export function slotCount(layout: PromptLayout): number {
  if (layout.kind === 'none') return 0;
  if (layout.kind === 'placed') return layout.length;
  return layout.parts.reduce((sum, part) => sum + (part.kind === 'prompt' ? part.length : 0), 0);
}
