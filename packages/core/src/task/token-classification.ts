import { encodeWords } from '../tokenizer/encode-row.ts';
import { LabelIndex } from './label-index.ts';
import { requireRow, requireStrings } from './row-fields.ts';
import { invalidRow } from './row-place.ts';
import { schemeOf } from './scheme-of.ts';
import { scoreTags } from './score-tags.ts';
import { createCrfReadout } from './tagging/crf-readout.ts';
import { tagConstraints } from './tagging/tag-constraints.ts';
import type { TagReadout } from './tagging/tag-readout.ts';
import { createWordReadout } from './tagging/word-readout.ts';
import type { Task } from './task.ts';
import { parseTokenOptions, type TokenClassificationOptions } from './token-options.ts';

/** A sentence split into words, with a tag for each. */
export interface TaggedRow<Label extends string = string> {
  readonly tokens: readonly string[];
  /** As many as `tokens`. */
  readonly tags: readonly Label[];
}

export interface TagPrediction<Label extends string = string> {
  /** One for each word of the row. */
  readonly tags: readonly Label[];
}

/**
 * Assigns one of `labels` to each word of a sentence, such as the tags of entities.
 *
 * Only the first token of a word counts, in the loss as in predictions. A word that was cut off or
 * has no token counts for nothing in the loss and is predicted as `O`, or as the first label where
 * there is no `O`. With `crf` a linear-chain CRF scores the tags of a sentence together.
 *
 * Scores entities, with `entityF1` as seqeval's default to compare checkpoints by, see
 * {@link scoreTags}.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` unless there are two labels or more, none empty, each
 *   once, or for options that do not go together.
 */
export function tokenClassification<const Label extends string>(
  options: TokenClassificationOptions<Label>,
): Task<TaggedRow<Label>, TagPrediction<Label>, readonly number[]> {
  const kind = 'token-classification';
  const parsed = parseTokenOptions(options);
  const { labels, name } = parsed;
  const index = new LabelIndex(labels);
  const outside = Math.max(0, labels.indexOf('O'));
  const readout = readoutFor(parsed);
  return {
    kind,
    labels,
    primaryMetric: 'entityF1',
    options: { ...parsed },
    encode(row, place, context) {
      const at = { index: place, task: name };
      const raw = requireRow(row, at);
      const tokens = requireStrings(raw, 'tokens', at);
      const tags = requireStrings(raw, 'tags', at);
      if (tags.length !== tokens.length) {
        throw invalidRow(at, `it has ${tokens.length} tokens, but ${tags.length} tags`);
      }
      const target = tags.map((tag) => index.placeOf(tag, at));
      return { row: encodeWords(tokens, context), target };
    },
    encodeInput(row, place, context) {
      const at = { index: place, task: name };
      const tokens = requireStrings(requireRow(row, at), 'tokens', at);
      return { row: encodeWords(tokens, context), target: null };
    },
    createHead: (context) => readout.createHead(context),
    loss: (logits, examples) => readout.loss(logits, examples),
    decode(logits, [, rows = 0], examples) {
      const size = rows * labels.length;
      return examples.map(({ row }, place) => {
        const own = logits.subarray(place * size, (place + 1) * size);
        const tags = readout.decode(own, rows, row.wordStarts ?? []);
        return { tags: tags.map((tag) => labels[tag ?? outside] as Label) }; // Places of the task's own labels.
      });
    },
    score(predictions, rows) {
      const predicted = predictions.map(({ tags }) => tags);
      const gold = rows.map(({ tags }) => tags);
      return scoreTags(predicted, gold, schemeOf(labels));
    },
  };
}

function readoutFor(options: TokenClassificationOptions): TagReadout {
  const { labels, decoding, crf } = options;
  const scheme = decoding === 'constrained' ? schemeOf(labels) : null;
  const constraints = scheme && tagConstraints(labels, scheme);
  return crf
    ? createCrfReadout(labels.length, constraints)
    : createWordReadout(options, constraints);
}
