/*
 * A checkpoint would lie in memory three times: as its file, as JavaScript's numbers, and as the
 * engine's, and the collector has no reason to come by for a long time afterwards. Buffers that can be
 * resized have pages of their own. TensorFlow takes numbers that lie so without a copy, and a file's
 * pages can be given back at once.
 */

/** What TypeScript's library does not know of `ArrayBuffer` yet. */
interface Resizable {
  readonly resizable?: boolean;
  resize(length: number): void;
}

/** Zeroes in pages of their own, where the runtime has such buffers. */
export function pagedBuffer(length: number): ArrayBuffer {
  const Buffer = ArrayBuffer as new (length: number, options: object) => ArrayBuffer; // As ES2024 has it.
  return new Buffer(length, { maxByteLength: length });
}

/** The same as numbers. */
export function pagedFloats(length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(pagedBuffer(4 * length), 0, length);
}

/** Gives the memory of a {@link pagedBuffer} back; nobody may read it any more. Others stay. */
export function releasePages(buffer: ArrayBuffer): void {
  const resizable = buffer as unknown as Resizable; // As ES2024 has it.
  if (resizable.resizable) resizable.resize(0);
}
