import { type Weights, weightsOf } from '../weights.ts';
import { dequantize } from './dequantize.ts';
import type { GgufFile, GgufTensor } from './gguf-file.ts';
import { quote } from './gguf-flaw.ts';
import { GgufMetadata } from './gguf-metadata.ts';
import type { LlamaConfig } from './llama-config.ts';
import { ropeFactorsName } from './rope-scaling.ts';
import { huggingFaceName } from './tensor-names.ts';
import { unpermuteRows } from './unpermute-rows.ts';

/** A tensor whose rows may stand in llama.cpp's order. */
interface LlamaTensor extends GgufTensor {
  /** Heads whose rows have to be put in order; null where they are. */
  readonly permutedHeads: number | null;
}

/**
 * Gives the tensors of a Llama, Qwen2 or Qwen3 file by their names in a Hugging Face checkpoint, with
 * their rows in its order. Each is dequantised when its values are asked for.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for a tensor that such a model does not have: it
 *   would change the numbers.
 */
export async function llamaWeights(file: GgufFile, config: LlamaConfig): Promise<Weights> {
  const metadata = new GgufMetadata(file);
  const named = new Map<string, LlamaTensor>();
  for (const [name, tensor] of file.tensors) {
    if (name === ropeFactorsName) continue; // In the config.
    const checkpointName = huggingFaceName(name, config);
    if (checkpointName === undefined) {
      const kind = `a model of type ${config.model_type} with ${config.num_hidden_layers} layers`;
      throw metadata.unsupported(`tensor ${quote(name)} is none of ${kind}`);
    }
    named.set(checkpointName, { ...tensor, permutedHeads: permutedHeads(name, config) });
  }
  return weightsOf(named, file.file, toValues);
}

/** Only for Llama does llama.cpp pair neighbouring values in rotary embeddings. */
function permutedHeads(name: string, config: LlamaConfig): number | null {
  if (config.model_type !== 'llama') return null;
  if (/\.attn_q\.\w+$/.test(name)) return config.num_attention_heads;
  return /\.attn_k\.\w+$/.test(name) ? config.num_key_value_heads : null;
}

function toValues(tensor: LlamaTensor): Float32Array<ArrayBuffer> {
  const values = dequantize(tensor);
  const { permutedHeads: heads, shape } = tensor;
  return heads === null ? values : unpermuteRows(values, shape[0] ?? 0, heads);
}
