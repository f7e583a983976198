import { createTokenizer } from '../tokenizer/create-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const words = ['a', 'bad', 'film', 'good', 'it', 'long', 'place', 'the', 'time', 'was'];

/** A BERT tokenizer of ten words; it spells all others. */
export function createTinyTokenizer(): Tokenizer {
  const tokens = new Set([...special, ...letters, ...words, ...letters.map((part) => `##${part}`)]);
  const vocab = Object.fromEntries([...tokens].map((token, id) => [token, id]));
  const json = {
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [token('[CLS]', 0), sequence('A', 0), token('[SEP]', 0)],
      pair: [
        token('[CLS]', 0),
        sequence('A', 0),
        token('[SEP]', 0),
        sequence('B', 1),
        token('[SEP]', 1),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [vocab[id]], tokens: [id] }]),
      ),
    },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
  return createTokenizer(json, {}, 'tiny/tokenizer.json');
}

function token(id: string, typeId: number) {
  return { SpecialToken: { id, type_id: typeId } };
}

function sequence(id: string, typeId: number) {
  return { Sequence: { id, type_id: typeId } };
}
