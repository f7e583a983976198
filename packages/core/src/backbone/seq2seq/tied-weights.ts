import { PtlError } from '../../contract/errors.ts';
import { findParameter } from '../weights/read-parameter.ts';
import type { Weights } from '../weights/weights.ts';
import { sharedEmbeddings, vocabularyLayer } from './seq2seq-parameters.ts';

const sharedName = `${sharedEmbeddings}.weight`;
const vocabularyName = `${vocabularyLayer}.weight`;
const copies = ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight'];

/**
 * A checkpoint whose word embeddings are stored under one name only: it may have them under any of
 * the names of the weights that are tied, or several. As in Transformers, a layer for the
 * vocabulary counts as one of its own where its values differ.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if encoder and decoder have other embeddings.
 */
export function untie(source: Weights, prefix: string, id: string): Weights {
  const stored = (name: string): string | undefined => findParameter(source, name, prefix);
  const shared = [sharedName, ...copies, vocabularyName].map(stored).find(Boolean);
  if (shared === undefined) return source;
  for (const name of copies) {
    const copy = stored(name);
    if (copy !== undefined && !isSame(source, copy, shared))
      throw otherEmbeddings(copy, shared, id);
  }
  const vocabulary = stored(vocabularyName);
  const isTied = vocabulary !== undefined && isSame(source, vocabulary, shared);
  const named = (name: string): string => (name === sharedName ? shared : name);
  return {
    ...source,
    has: (name) => !(isTied && name === vocabulary) && source.has(named(name)),
    shape: (name) => source.shape(named(name)),
    float32: (name) => source.float32(named(name)),
  };
}

function isSame(source: Weights, name: string, other: string): boolean {
  if (name === other) return true;
  if (source.shape(name).join() !== source.shape(other).join()) return false;
  const [values, others] = [source.float32(name), source.float32(other)];
  return values.every((value, index) => value === others[index]);
}

function otherEmbeddings(copy: string, shared: string, source: string): PtlError {
  const reason = `its "${copy}" is not the same as its "${shared}"; supported: one for both`;
  const message = `"${source}" cannot be loaded: ${reason}.`;
  return new PtlError('BACKBONE_UNSUPPORTED', message, { source, reason });
}
