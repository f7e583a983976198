import { type ContinuationInput, encodeContinuation } from '../tokenizer/encode-row.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import { type LanguageTaskOptions, parseLanguageOptions } from './language-options.ts';
import { type CountedTokens, createLanguageTask, type TextPrediction } from './language-task.ts';
import { requireRow, requireString } from './row-fields.ts';
import type { RowPlace } from './row-place.ts';
import type { Task } from './task.ts';

/** A text, and optionally what it continues. */
export type ContinuationRow = ContinuationInput;

/** How likely the model takes `text` to be. */
export type ContinuationPrediction = TextPrediction;

export type CausalLanguageModelingOptions = LanguageTaskOptions;

/**
 * Predicts each token of a text from those before it, with the decoder's own vocabulary layer.
 *
 * The loss is the sum of the cross-entropies of the tokens of `text`; those of `prompt`, padding and
 * virtual tokens count for nothing. Scores the mean `logLikelihood` of a token, in nats, by which
 * checkpoints are compared, and the share of tokens that were the most likely one as `accuracy`.
 */
export function causalLanguageModeling(
  options: CausalLanguageModelingOptions = {},
): Task<ContinuationRow, ContinuationPrediction, null> {
  const kind = 'causal-language-modeling';
  const { name } = parseLanguageOptions(kind, options);
  return createLanguageTask({
    kind,
    name,
    encode: (row, index, context) =>
      encodeContinuation(readTexts(row, { index, task: name }), context),
    counted: countedTokens,
  });
}

function readTexts(row: unknown, at: RowPlace): ContinuationRow {
  const raw = requireRow(row, at);
  const text = requireString(raw, 'text', at);
  return raw.prompt === undefined ? { text } : { prompt: requireString(raw, 'prompt', at), text };
}

/** Each is predicted at the position before its own; the very first of a row is not. */
function countedTokens(row: EncodedRow): CountedTokens {
  const slots = new Set(row.slots);
  const real = row.inputIds.filter((_, position) => !slots.has(position));
  const first = Math.max(1, row.wordStarts?.[0] ?? 1);
  return { start: first - 1, tokens: real.slice(first) };
}
