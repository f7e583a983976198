import { readBytes } from '../../../files/read-file.ts';
import type { Weights } from '../weights.ts';
import { type LlamaConfig, readLlamaConfig } from './llama-config.ts';
import { llamaWeights } from './llama-weights.ts';
import { parseGguf } from './parse-gguf.ts';
import { readTokenizer, type TokenizerParts } from './tokenizer-json.ts';

/** What a GGUF file holds of a backbone, in the terms of a Hugging Face folder. */
export interface GgufModel {
  readonly config: LlamaConfig;
  readonly weights: Weights;
  readonly tokenizer: TokenizerParts;
}

/**
 * Reads a Llama, Qwen2 or Qwen3 model with its tokenizer from a GGUF file.
 *
 * Weights stay quantised in memory; each is converted to float32 when it is asked for.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND`; `FILE_INVALID` for a file that is malformed or has a
 *   quantisation that PTL does not read; `BACKBONE_UNSUPPORTED` for another architecture, another
 *   kind of tokenizer, or anything that would change the numbers and is not supported.
 */
export async function loadGguf(path: string): Promise<GgufModel> {
  const file = await parseGguf(await readBytes(path), path);
  const config = readLlamaConfig(file);
  return { config, weights: await llamaWeights(file, config), tokenizer: readTokenizer(file) };
}
