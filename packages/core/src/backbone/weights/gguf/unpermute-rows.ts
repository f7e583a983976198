/**
 * Undoes the order that llama.cpp gives to the rows of query and key projections.
 *
 * Rotary embeddings turn pairs of values of a head. Hugging Face pairs value `i` with
 * `i + headSize / 2`; llama.cpp pairs neighbours, `2 i` with `2 i + 1`, and moves rows to suit.
 *
 * @param values `[rows, hidden]`, or `[rows]` for a bias.
 * @see https://github.com/ggml-org/llama.cpp, `permute` in `convert_hf_to_gguf.py`
 */
export function unpermuteRows(
  values: Float32Array<ArrayBuffer>,
  rows: number,
  heads: number,
): Float32Array<ArrayBuffer> {
  const width = values.length / rows;
  const half = rows / heads / 2;
  // Not whole pairs: the family that asked names the shape it expects.
  if (!Number.isInteger(half)) return values;
  const ordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const place = row % (2 * half);
    const source = row - place + 2 * (place % half) + Math.floor(place / half);
    ordered.set(values.subarray(source * width, (source + 1) * width), row * width);
  }
  return ordered;
}
