import { PtlError } from '../../contract/errors.ts';
import { suggestName } from '../../contract/nearest.ts';
import { sha256 } from '../../files/sha256.ts';
import { releasePages } from './paged-buffer.ts';
import { type StoredTensor, toFloat32 } from './stored-tensor.ts';

/** All weights of a checkpoint, by the names that the checkpoint gives them. */
export interface Weights {
  readonly names: readonly string[];
  /**
   * SHA-256 in hexadecimal over the names, types, shapes and bytes of all tensors. The order in
   * the file and the split into shards do not matter.
   */
  readonly fingerprint: string;
  has(name: string): boolean;
  /** @throws {@link PtlError} `FILE_INVALID` if there is no such tensor. */
  shape(name: string): readonly number[];
  /**
   * The values, row-major. Not to be changed: some formats hand out memory that they share.
   *
   * @throws {@link PtlError} `FILE_INVALID` if there is no such tensor, with the nearest name.
   */
  float32(name: string): Float32Array<ArrayBuffer>;
  /** Gives the memory of the file back, once nothing is to be read any more. */
  release?(): void;
}

/** @param source File or folder of the tensors, for messages. */
export async function createWeights(
  tensors: ReadonlyMap<string, StoredTensor>,
  source: string,
): Promise<Weights> {
  return weightsOf(tensors, source, toFloat32);
}

/** A tensor of any file format, as far as its fingerprint takes it in. */
export interface FingerprintedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Makes weights of tensors that are stored in any way.
 *
 * @param toValues Called each time that a tensor's values are asked for.
 */
export async function weightsOf<Tensor extends FingerprintedTensor>(
  tensors: ReadonlyMap<string, Tensor>,
  source: string,
  toValues: (tensor: Tensor) => Float32Array<ArrayBuffer>,
): Promise<Weights> {
  const names = [...tensors.keys()].sort();

  function get(name: string): Tensor {
    const tensor = tensors.get(name);
    if (tensor) return tensor;
    const known = names.length === 0 ? 'it has none' : `it has ${names.length} others`;
    const reason = `it has no tensor "${name}"`;
    const message = `"${source}": ${reason}; ${known}.${suggestName(name, names)}`;
    throw new PtlError('FILE_INVALID', message, { file: source, reason });
  }

  return {
    names,
    fingerprint: await fingerprint(tensors),
    has: (name) => tensors.has(name),
    shape: (name) => get(name).shape,
    float32: (name) => toValues(get(name)),
    release: () => {
      const buffers = new Set([...tensors.values()].map(({ bytes }) => bytes.buffer));
      for (const buffer of buffers) releasePages(buffer);
    },
  };
}

async function fingerprint(tensors: ReadonlyMap<string, FingerprintedTensor>): Promise<string> {
  const sorted = [...tensors].sort(([one], [other]) => (one < other ? -1 : 1));
  const entries = sorted.map(async ([name, { dtype, shape, bytes }]) => {
    return [name, dtype, shape, await sha256(bytes)];
  });
  return sha256(new TextEncoder().encode(JSON.stringify(await Promise.all(entries))));
}
