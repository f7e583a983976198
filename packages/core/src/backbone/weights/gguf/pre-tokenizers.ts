/** How a text is cut before the merges of a byte-level tokenizer, in the terms of `tokenizer.json`. */
export interface PreTokenization {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  /** Whether a piece that is itself a token is taken whole, whatever the merges give. */
  readonly ignoresMerges: boolean;
  /** What `tokenizer.ggml.add_bos_token` is where it is missing. */
  readonly addsBos: boolean;
}

/** GPT-2's own pattern is part of its byte-level step. */
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };

/** With words, single digits or groups of `digits`, punctuation, line ends and spaces apart. */
function words(digits: string): object {
  const pattern = [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
    digits,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|');
  return sequence(split(pattern), { ...byteLevel, use_regex: false });
}

/**
 * By the name in `tokenizer.ggml.pre`.
 *
 * @see https://github.com/ggml-org/llama.cpp, `llm_tokenizer_bpe` in `llama-vocab.cpp`
 */
export const preTokenizations: Readonly<Record<string, PreTokenization>> = {
  'gpt-2': plain(byteLevel),
  smollm: plain(sequence(split('\\p{N}'), byteLevel)),
  qwen2: { ...plain(words('\\p{N}')), normalizer: { type: 'NFC' } },
  'llama-bpe': { ...plain(words('\\p{N}{1,3}')), ignoresMerges: true, addsBos: true },
};

function plain(preTokenizer: object): PreTokenization {
  return { normalizer: null, preTokenizer, ignoresMerges: false, addsBos: false };
}

function sequence(...pretokenizers: readonly object[]): object {
  return { type: 'Sequence', pretokenizers };
}

function split(pattern: string): object {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
}
