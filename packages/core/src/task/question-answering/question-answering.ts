import type { Tensor3D } from '@tensorflow/tfjs';
import { parseConfig } from '../../contract/config-schema.ts';
import { encodeWindows } from '../../tokenizer/encode-windows.ts';
import type { EncodedRow } from '../../tokenizer/encoded-row.ts';
import type { EncodingContext, Example, Task } from '../task.ts';
import { createTokenHead } from '../token-head.ts';
import { type AnswerPositions, answerPositions } from './answer-positions.ts';
import { type AnswerPrediction, decideAnswer, readWindow } from './answer-prediction.ts';
import { type QuestionAnsweringOptions, questionAnsweringSchema } from './options.ts';
import { type Question, type QuestionRow, readAnswers, readQuestion } from './question-row.ts';
import { scoreAnswers } from './score-answers.ts';
import { spanLoss } from './span-loss.ts';

/**
 * Finds the answer to a question in a text: scores each token as its first and as its last.
 *
 * A context that does not fit is read in overlapping windows, which are trained on one by one; a
 * window without the answer has the first token for its target, and so has a question without one.
 * The loss is the mean of the cross-entropies of start and end. Where a row gives several answers
 * the first is trained on, and the best counts in the scores: `f1`, by which checkpoints are
 * compared, and `exactMatch`, as the official scripts of SQuAD compute them, in [0, 1].
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for options out of range.
 * @see Devlin et al. (2019), arXiv:1810.04805, 4.2 and 4.3
 */
export function questionAnswering(
  options: QuestionAnsweringOptions = {},
): Task<QuestionRow, AnswerPrediction, AnswerPositions> {
  const kind = 'question-answering';
  const { name, ...settings } = parseConfig(kind, questionAnsweringSchema, options);
  const { stride, maxLength, maxQuestionLength, maxAnswerLength, nullScoreThreshold } = settings;
  const windowsOf = (row: Question, context: EncodingContext): EncodedRow[] => {
    const texts = { text: row.question, textPair: row.context };
    const options = { stride, maxLength, maxFirstLength: maxQuestionLength };
    const windows = encodeWindows(texts, options, context);
    // PEFT takes token types and leaves them aside.
    return context.semantics === 'peft' ? windows.map(withoutTypes) : windows;
  };
  return {
    kind,
    labels: [],
    primaryMetric: 'f1',
    options: name === undefined ? settings : { ...settings, name },
    encode(row, place, context) {
      const at = { index: place, task: name };
      const question = readQuestion(row, at);
      const answer = readAnswers(row, question.context, at)[0];
      return toExample(windowsOf(question, context), (window) => answerPositions(window, answer));
    },
    encodeInput(row, place, context) {
      const question = readQuestion(row, { index: place, task: name });
      return toExample(windowsOf(question, context), () => null);
    },
    createHead: (context) => createTokenHead(context, 2),
    loss: (logits, examples) => spanLoss(logits as Tensor3D, examples), // `[batch, sequence, 2]`, as the head makes them.
    decode: (logits, [, sequence = 0], examples) =>
      examples.map(({ row }, place) => {
        const own = logits.subarray(place * sequence * 2, (place + 1) * sequence * 2);
        return decideAnswer([readWindow(own, row.window, maxAnswerLength)], nullScoreThreshold);
      }),
    joinWindows: (predictions) => decideAnswer(predictions, nullScoreThreshold),
    score: scoreAnswers,
  };
}

/** The example of the first window, with those of the others. */
function toExample<Target>(
  windows: readonly EncodedRow[],
  targetOf: (window: EncodedRow) => Target,
): Example<Target> {
  const [first, ...further] = windows.map((row) => ({ row, target: targetOf(row) }));
  if (!first) throw new RangeError('A row has one window at least.');
  return further.length > 0 ? { ...first, further } : first;
}

function withoutTypes(row: EncodedRow): EncodedRow {
  return { ...row, tokenTypeIds: row.tokenTypeIds.map(() => 0) };
}
