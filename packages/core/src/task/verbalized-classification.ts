import type * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { TemplatePart } from '../contract/layout.ts';
import type { TextInput } from '../tokenizer/encode-row.ts';
import { formatTemplate } from '../tokenizer/template.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { calibrateScores } from './calibrate-scores.ts';
import { type LabelToken, labelTokens, maskCount } from './label-words.ts';
import { MaskPattern, requireVocabulary } from './mask-pattern.ts';
import {
  type ClassPrediction,
  sequenceClassification,
  type TextRow,
} from './sequence-classification.ts';
import type { EncodingContext, HeadContext, Task, TaskHead } from './task.ts';
import type { TaskOptions } from './task-options.ts';
import { verbalizerSchema } from './verbalizer-options.ts';
import { createSoftWordHead, createWordHead } from './word-head.ts';

export interface VerbalizedClassificationOptions<Label extends string = string>
  extends TaskOptions<Label> {
  /** The words that stand for each label: one or more, of one token or several. */
  readonly words: Readonly<Record<Label, string | readonly string[]>>;
  /**
   * What surrounds the texts and where the word is read, such as `{text} It was {mask}.`; a method
   * whose prompt is a template, such as P-tuning, says it there instead.
   */
  readonly template?: string | undefined;
  /**
   * How a word of several tokens is scored: by the `mean` of its tokens, all read at one mask, by
   * its `first` token, or at several `masks`, its first token at the first of them; the longest
   * word says how many there are. Decoders read one place only. `mean` if absent.
   */
  readonly tokens?: 'mean' | 'first' | 'masks' | undefined;
  /**
   * `soft` trains a vector for each label, which starts from its words; `words`, the default,
   * trains nothing.
   */
  readonly verbalizer?: 'words' | 'soft' | undefined;
  /**
   * Texts that say nothing, such as `N/A` and the empty one: what is predicted for them is taken out
   * of predictions, not of the loss. None if absent.
   */
  readonly calibrate?: readonly string[] | undefined;
}

/**
 * Assigns one of `labels` to a text or a pair of texts by the words that the pretrained model puts
 * at a mask: an encoder's masked word, or a decoder's next one. All labels are scored in one pass.
 *
 * The logits of the labels are the means of the logarithms of their words' probabilities; with
 * soft words, scores of the same scale. Scores as {@link sequenceClassification} does.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`, or `TEMPLATE_INVALID` for the template.
 * @see Schick and Schütze (2021), arXiv:2001.07676; Liu et al. (2021), arXiv:2103.10385
 */
export function verbalizedClassification<const Label extends string>(
  options: VerbalizedClassificationOptions<Label>,
): Task<TextRow<Label>, ClassPrediction<Label>, number> {
  const parsed = parseConfig('verbalizedClassification', verbalizerSchema, options);
  const { labels, name } = options;
  const classes = sequenceClassification(name === undefined ? { labels } : { labels, name });
  const readout = new Readout(parsed);
  return {
    ...classes,
    readout: 'vocabulary',
    options: JSON.parse(JSON.stringify(parsed)), // Plain data, without what is undefined.
    encode: (row, place, context) => classes.encode(row, place, readout.around(context)),
    encodeInput: (row, place, context) =>
      classes.encodeInput(readout.fill(row, context), place, readout.around(context)),
    createHead: (context) => readout.createHead(context),
    ...(parsed.calibrate && {
      contentFree: readout.contentFree,
      calibrate: calibrateScores,
    }),
  };
}

type Options = z.output<typeof verbalizerSchema>;

/** The words of the labels, in the templates that they are read in. */
class Readout {
  /** Rows that say nothing, of one text each. */
  readonly contentFree: readonly TextInput[];
  readonly #options: Options;
  readonly #pattern: MaskPattern;
  /** By tokenizer and template; a model has one of each. */
  readonly #tokens = new WeakMap<Tokenizer, Map<string, readonly LabelToken[]>>();

  constructor(options: Options) {
    this.contentFree = (options.calibrate ?? []).map((text) => ({ text }));
    this.#options = options;
    this.#pattern = new MaskPattern('verbalizedClassification', options.template);
  }

  /** The context in which a row is encoded: with as many masks as words have tokens. */
  around(context: EncodingContext): EncodingContext {
    const parts = this.#pattern.partsIn(context.layout);
    return this.#pattern.around(context, maskCount(this.#tokensIn(parts, context.tokenizer)));
  }

  createHead(context: HeadContext): TaskHead {
    const { backbone, layout = { kind: 'none' }, variables } = context;
    const { vocabulary, tokenizer } = requireVocabulary(context, 'verbalized classification');
    const tokens = this.#tokensIn(this.#pattern.partsIn(layout), tokenizer);
    if (backbone.architecture !== 'encoder' && maskCount(tokens) > 1) {
      throw invalidOption(
        'verbalizedClassification',
        'tokens',
        `"masks" needs an encoder; "${backbone.id}" reads one place only.`,
      );
    }
    const parts = { vocabulary, tokens, labels: this.#options.labels.length };
    const isSoft = this.#options.verbalizer === 'soft';
    return isSoft ? createSoftWordHead(parts, variables) : createWordHead(parts);
  }

  /** Any row as it is, but one that says nothing with as many texts as the template has. */
  fill<Row extends TextInput>(row: Row, { layout }: EncodingContext): Row {
    const isEmpty = this.contentFree.includes(row);
    return isEmpty && this.#pattern.hasPairIn(layout) ? { ...row, textPair: row.text } : row;
  }

  #tokensIn(parts: readonly TemplatePart[], tokenizer: Tokenizer): readonly LabelToken[] {
    const known = this.#tokens.get(tokenizer) ?? new Map<string, readonly LabelToken[]>();
    this.#tokens.set(tokenizer, known);
    const template = formatTemplate(parts);
    const found = known.get(template);
    if (found) return found;
    const { labels, words, tokens } = this.#options;
    const made = labelTokens(
      labels.map((label) => words[label] ?? []),
      tokens,
      parts,
      tokenizer,
    );
    known.set(template, made);
    return made;
  }
}
