import { readCharsmap } from './precompiled-charsmap.ts';
import { isRecord } from './tokenizer-file.ts';

/**
 * Gives the steps of type `Precompiled` in a normalizer of the JavaScript library the table of their
 * file: the library has a rule of its own in its place.
 *
 * @param normalizer What the library made of `config`; its normalizers are functions with fields.
 * @throws Error if a table is malformed.
 */
export function correctNormalizer(normalizer: unknown, config: unknown): void {
  if (!isRecord(config) || typeof normalizer !== 'function') return;
  const { type, normalizers, precompiled_charsmap: charsmap } = config;
  if (type === 'Precompiled') Object.assign(normalizer, { normalize: readCharsmap(charsmap) });
  if (type !== 'Sequence' || !Array.isArray(normalizers)) return;
  const steps: unknown = Reflect.get(normalizer, 'normalizers');
  for (const [index, step] of normalizers.entries()) {
    correctNormalizer(Array.isArray(steps) ? steps[index] : undefined, step);
  }
}
