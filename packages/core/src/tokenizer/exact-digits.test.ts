import { expect, it } from 'vitest';
import { createTokenizer } from './create-tokenizer.ts';

/** Merges that reach over a border of digits: a space with ½, and ٣ with ٤. */
const model = {
  type: 'BPE',
  vocab: { Ġ: 0, Â: 1, '½': 2, ĠÂ: 3, '<pad>': 4, Ù: 5, '£': 6, '£Ù': 7, '¤': 8 },
  merges: ['Ġ Â', '£ Ù'],
};

// The ids are those of Python's tokenizers 0.23.
it.each([
  [true, [0, 1, 2], [5, 6, 5, 8]],
  [false, [0, 1, 2], [5, 7, 8]],
])('cuts at digits of all scripts, each for itself: %s', (individual, half, arabic) => {
  const digits = { type: 'Digits', individual_digits: individual };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };
  const steps = { type: 'Sequence', pretokenizers: [digits, byteLevel] };
  const { tokenize } = createTokenizer({ model, pre_tokenizer: steps }, {}, 'tokenizer.json');
  expect(tokenize(' ½')).toEqual(half);
  expect(tokenize('٣٤')).toEqual(arabic);
});
