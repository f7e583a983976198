import type { SpecialTokens } from './tokenizer.ts';
import { invalidTokenizer, isRecord, type TokenizerFile } from './tokenizer-file.ts';

type Role = keyof SpecialTokens;

/** What `tokenizer_config.json` calls a role, and what the families call the token itself. */
const roles: Readonly<Record<Role, { readonly keys: string[]; readonly usual: string[] }>> = {
  cls: { keys: ['cls_token', 'bos_token'], usual: ['[CLS]', '<s>'] },
  sep: { keys: ['sep_token', 'eos_token'], usual: ['[SEP]', '</s>'] },
  pad: { keys: ['pad_token'], usual: ['[PAD]', '<pad>'] },
  mask: { keys: ['mask_token'], usual: ['[MASK]', '<mask>'] },
  unk: { keys: ['unk_token'], usual: ['[UNK]', '<unk>'] },
};

/** What decoders end a text with. Many have no token to pad with; padding is masked in any case. */
const end = { keys: ['eos_token'], usual: ['<|endoftext|>', '</s>'] };

/**
 * Finds the special tokens: by the names in `tokenizer_config.json`, else by the usual ones. Where
 * no token is meant for padding, the one that ends a text does.
 *
 * @throws {@link PtlError} `FILE_INVALID` if there is no token to pad with.
 */
export function findSpecialTokens(
  { vocabulary }: TokenizerFile,
  config: Readonly<Record<string, unknown>>,
  file: string,
): SpecialTokens {
  const find = ({ keys, usual }: (typeof roles)[Role]) => {
    const named = keys.map((key) => contentOf(config[key]));
    const token = [...named, ...usual].find((name) => name !== undefined && vocabulary.has(name));
    return vocabulary.get(token ?? '');
  };
  const found: { -readonly [R in Role]?: number } = {};
  for (const [role, names] of Object.entries(roles) as [Role, (typeof roles)[Role]][]) {
    const id = find(names);
    if (id !== undefined) found[role] = id;
  }
  const { pad = find(end), ...others } = found;
  if (pad !== undefined) return { ...others, pad };
  const allowed = `${roles.pad.usual.join(', ')} or a "pad_token" in tokenizer_config.json`;
  throw invalidTokenizer(file, `it has no padding token; allowed: ${allowed}`);
}

/** Configs give a token as its text or as an object with the text in it. */
function contentOf(token: unknown): string | undefined {
  const { content } = isRecord(token) ? token : { content: token };
  return typeof content === 'string' ? content : undefined;
}
