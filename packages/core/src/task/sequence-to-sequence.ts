import { encodeText } from '../tokenizer/encode-row.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import { type LanguageTaskOptions, parseLanguageOptions } from './language-options.ts';
import { createLanguageTask, type TextPrediction } from './language-task.ts';
import { requireRow, requireString } from './row-fields.ts';
import type { EncodingContext, Task } from './task.ts';

/** A text, and the one that it is to be turned into. */
export interface TextToTextRow {
  readonly text: string;
  readonly target: string;
}

/** How likely the model takes `target` to be, given `text`; special tokens are among its tokens. */
export type TextToTextPrediction = TextPrediction;

export type SequenceToSequenceOptions = LanguageTaskOptions;

/**
 * Predicts each token of a target text from the input text and the tokens before it, with the
 * encoder-decoder's own vocabulary layer.
 *
 * The target ends as the tokenizer ends a text: with `</s>`, and in BART's case starts with `<s>`,
 * which is predicted as well. The loss is the sum of the cross-entropies of the target's tokens;
 * padding counts for nothing. Scores the mean `logLikelihood` of a token, in nats, by which
 * checkpoints are compared, and the share of tokens that were the most likely one as `accuracy`.
 * A target that is too long for the decoder is cut at its end, and counted as rows are.
 */
export function sequenceToSequence(
  options: SequenceToSequenceOptions = {},
): Task<TextToTextRow, TextToTextPrediction, null> {
  const kind = 'sequence-to-sequence';
  const { name } = parseLanguageOptions(kind, options);
  return createLanguageTask({
    kind,
    name,
    encode(row: unknown, index, context) {
      const at = { index, task: name };
      const raw = requireRow(row, at);
      const target = requireString(raw, 'target', at);
      return withTarget(
        encodeText({ text: requireString(raw, 'text', at) }, context),
        target,
        context,
      );
    },
    counted: ({ targetIds = [] }) => ({ start: 0, tokens: targetIds }),
  });
}

/** A prompt takes no place among the target's tokens. */
function withTarget(row: EncodedRow, text: string, context: EncodingContext): EncodedRow {
  const target = encodeText({ text }, { ...context, layout: { kind: 'none' } });
  const truncatedTokens = row.truncatedTokens + target.truncatedTokens;
  return { ...row, targetIds: target.inputIds, truncatedTokens };
}
