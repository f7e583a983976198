import { isRecord } from './tokenizer-file.ts';

/**
 * Prepares a text so that the JavaScript library's normalizer ends where Python's does. The
 * two differ in:
 *
 * - Chinese characters beyond U+FFFF, which the former does not set apart;
 * - a capital sigma at the end of a word, which the former lowers to `ς`, the latter to `σ`.
 *
 * The two also know different versions of Unicode: some hundred characters and marks of late
 * versions compose, decompose or count as accents in one of them only.
 */
export function correctorFor(normalizer: unknown): (text: string) => string {
  const { type, handle_chinese_chars: chinese, lowercase, normalizers } = fieldsOf(normalizer);
  if (type === 'Sequence' && Array.isArray(normalizers)) {
    const correctors = normalizers.map(correctorFor);
    return (text) => correctors.reduce((corrected, correct) => correct(corrected), text);
  }
  if (type === 'Lowercase') return (text) => text.replaceAll('Σ', 'σ');
  if (type !== 'BertNormalizer') return (text) => text;
  return (text) => {
    const apart = chinese === true ? text.replace(rareChinese, ' $& ') : text;
    return lowercase === true ? apart.replaceAll('Σ', 'σ') : apart;
  };
}

/** The blocks beyond U+FFFF that BERT counts as Chinese. */
const rareChinese =
  /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
