import { PtlError } from '../contract/errors.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { PromptLayout, TemplatePart } from '../contract/layout.ts';
import { resolveTemplate } from '../tokenizer/resolve-template.ts';
import { formatTemplate, parseTemplate } from '../tokenizer/template.ts';
import type { VocabularyLayer } from './head.ts';
import type { EncodingContext, HeadContext } from './task.ts';

/** The template of a task that reads words: its own, or that of the method, which comes first. */
export class MaskPattern {
  readonly #subject: string;
  readonly #own: readonly TemplatePart[] | null;

  /**
   * @param subject - The task as messages about its options call it.
   * @throws {@link PtlError} `TEMPLATE_INVALID`.
   */
  constructor(subject: string, template: string | undefined) {
    const none = (): readonly number[] => [];
    this.#subject = subject;
    this.#own =
      template === undefined ? null : resolveTemplate(parseTemplate(template, 'task'), none).parts;
  }

  /**
   * The parts that rows are read in.
   *
   * @throws {@link PtlError} `TEMPLATE_INVALID` if the method's template has no mask;
   *   `CONFIG_INVALID` if neither method nor task has a template.
   */
  partsIn(layout: PromptLayout): readonly TemplatePart[] {
    if (layout.kind !== 'template') {
      if (this.#own) return this.#own;
      throw invalidOption(
        this.#subject,
        'template',
        'It is missing, and the method has no template of its own.',
      );
    }
    if (layout.parts.some(({ kind }) => kind === 'mask')) return layout.parts;
    const template = formatTemplate(layout.parts);
    const message = `The template "${template}" of the method lacks {mask}, where the task reads a word.`;
    throw new PtlError('TEMPLATE_INVALID', message, { template, position: template.length });
  }

  /** Whether rows are read in a template with a second text. */
  hasPairIn(layout: PromptLayout): boolean {
    return this.partsIn(layout).some((part) => part.kind === 'field' && part.field === 'textPair');
  }

  /** The context in which a row is encoded, with `count` masks where the template has one. */
  around(context: EncodingContext, count = 1): EncodingContext {
    const { layout } = context;
    const parts = this.partsIn(layout).map((part) =>
      part.kind === 'mask' ? { ...part, count } : part,
    );
    return layout.kind === 'template'
      ? { ...context, layout: { ...layout, parts } }
      : { ...context, pattern: parts };
  }
}

/**
 * The layers of a backbone that score its words, and its tokenizer.
 *
 * @param use - What they are needed for.
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if the checkpoint has none.
 */
export function requireVocabulary(
  { backbone, tokenizer, vocabulary }: HeadContext,
  use: string,
): { readonly vocabulary: VocabularyLayer; readonly tokenizer: EncodingContext['tokenizer'] } {
  if (vocabulary && tokenizer) return { vocabulary, tokenizer };
  const reason = 'its checkpoint has no head that scores its words';
  const message = `"${backbone.id}" cannot be used for ${use}: ${reason}.`;
  throw new PtlError('BACKBONE_UNSUPPORTED', message, { source: backbone.id, reason });
}
