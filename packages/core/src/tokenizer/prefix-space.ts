import { isRecord } from './tokenizer-file.ts';

/**
 * A byte-level tokenizer that puts a space before each text it is given, as words inside a sentence
 * have one. Transformers asks for the same (`add_prefix_space=True`) before it takes split words.
 */
export function withPrefixSpace(
  json: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { pre_tokenizer: preTokenizer } = json;
  return { ...json, pre_tokenizer: prefixed(preTokenizer) };
}

function prefixed(preTokenizer: unknown): unknown {
  if (!isRecord(preTokenizer)) return preTokenizer;
  const { type, pretokenizers } = preTokenizer;
  if (type === 'ByteLevel') return { ...preTokenizer, add_prefix_space: true };
  if (type !== 'Sequence' || !Array.isArray(pretokenizers)) return preTokenizer;
  return { ...preTokenizer, pretokenizers: pretokenizers.map(prefixed) };
}
