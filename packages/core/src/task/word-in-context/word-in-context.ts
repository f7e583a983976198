import type { ClassificationOptions } from '../classification-options.ts';
import { LabelIndex } from '../label-index.ts';
import { requireRow, requireString } from '../row-fields.ts';
import { type ClassPrediction, sequenceClassification } from '../sequence-classification.ts';
import { createSequenceHead } from '../sequence-head.ts';
import type { EncodingContext, Task } from '../task.ts';
import { encodeMarkedPair } from './encode-marked-pair.ts';
import { markWord } from './mark-word.ts';
import { createMarkedWordsHead } from './marked-words-head.ts';
import { parseWordOptions, type WordInContextOptions } from './options.ts';
import { readWords } from './read-words.ts';
import type { WordInContextRow } from './word-row.ts';

/**
 * Tells how a word in one text goes with a word in another: whether they mean the same, as in
 * SuperGLUE's WiC, whose labels `false` and `true` are the default, or with other labels anything else.
 *
 * Scores as {@link sequenceClassification} does; `accuracy` is the one by which checkpoints are
 * compared.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`, as {@link sequenceClassification} does.
 * @see Pilehvar and Camacho-Collados (2019), arXiv:1808.09121
 */
export function wordInContext<const Label extends string = 'false' | 'true'>(
  options: WordInContextOptions<Label> = {},
): Task<WordInContextRow<Label>, ClassPrediction<Label>, number> {
  const { marks, problemType, ...parsed } = parseWordOptions(options);
  const { labels, labelWeights, name } = parsed;
  const index = new LabelIndex(labels);
  const classes = sequenceClassification({
    ...parsed,
    // Those of the options, or the two of the default.
    labels: labels as Label[],
    labelWeights: labelWeights as ClassificationOptions<Label>['labelWeights'],
  });
  const encodeInput = (row: unknown, place: number, context: EncodingContext) => {
    const at = { index: place, task: name };
    const { text, textPair } = readWords(row, at);
    const marked = { text: markWord(text, marks), textPair: markWord(textPair, marks) };
    return { row: encodeMarkedPair(marked, at, context), target: null };
  };
  return {
    ...classes,
    ...(marks === 'pooled' ? { readout: 'marked-words' as const } : {}),
    options: JSON.parse(JSON.stringify({ ...parsed, marks, problemType })), // Without what is undefined.
    encode(row, place, context) {
      const at = { index: place, task: name };
      const target = index.placeOf(requireString(requireRow(row, at), 'label', at), at);
      return { ...encodeInput(row, place, context), target };
    },
    encodeInput,
    createHead: (context) =>
      marks === 'pooled'
        ? createMarkedWordsHead(context, labels.length)
        : createSequenceHead(context, labels.length),
  };
}
