/**
 * Writes a text as byte-level vocabularies do: one character for each byte of its UTF-8, printable
 * ones of Latin-1 as they are, the others from U+0100 on in their order.
 *
 * @see Radford et al. (2019), the byte pair encoding of GPT-2
 */
export function toByteAlphabet(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => alphabet[byte]).join('');
}

const alphabet: readonly string[] = buildAlphabet();

function buildAlphabet(): string[] {
  let other = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : other++);
  });
}
