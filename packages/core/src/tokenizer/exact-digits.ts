import { isRecord } from './tokenizer-file.ts';

/**
 * A tokenizer that sets digits of all scripts apart, as Python's does: the JavaScript library's own
 * step knows only 0 to 9.
 */
export function withExactDigits(
  json: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { pre_tokenizer: preTokenizer } = json;
  return { ...json, pre_tokenizer: exact(preTokenizer) };
}

function exact(preTokenizer: unknown): unknown {
  if (!isRecord(preTokenizer)) return preTokenizer;
  const { type, pretokenizers, individual_digits: individual } = preTokenizer;
  if (type === 'Digits') {
    const pattern = { Regex: individual === true ? '\\p{N}' : '\\p{N}+' };
    return { type: 'Split', pattern, behavior: 'Isolated', invert: false };
  }
  if (type !== 'Sequence' || !Array.isArray(pretokenizers)) return preTokenizer;
  return { ...preTokenizer, pretokenizers: pretokenizers.map(exact) };
}
