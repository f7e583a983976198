import type { TensorType } from './tensor-types.ts';

/** A value of a GGUF file's metadata. 64-bit integers are `bigint`. */
export type GgufValue = string | number | bigint | boolean | readonly GgufValue[];

/** A tensor as a GGUF file holds it. */
export interface GgufTensor {
  readonly name: string;
  /** Where it comes from, for messages. */
  readonly file: string;
  readonly dtype: TensorType;
  /** Outermost axis first, as elsewhere in PTL; the file has them the other way round. */
  readonly shape: readonly number[];
  /** A view into the file's bytes: blocks of quantised values, row-major. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Contents of one GGUF file. */
export interface GgufFile {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}
