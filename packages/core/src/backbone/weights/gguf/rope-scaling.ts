import { dequantize } from './dequantize.ts';
import type { GgufFile } from './gguf-file.ts';
import { GgufMetadata } from './gguf-metadata.ts';

/** How rotary frequencies are scaled, as Hugging Face's `config.json` says it. */
export type RopeScaling =
  | { readonly rope_type: 'linear'; readonly factor: number }
  | ({ readonly rope_type: 'llama3'; readonly factor: number } & typeof llama3);

/** What a frequency of each pair of a head's values is divided by. */
export const ropeFactorsName = 'rope_freqs.weight';

/** The constants of all Llama 3.1, 3.2 and 3.3 models, which llama.cpp does not store. */
const llama3 = {
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
} as const;

/** Relative; the stored factors are float32. */
const tolerance = 1e-4;

/**
 * Reads the scaling of rotary embeddings; null where there is none.
 *
 * llama.cpp stores factors in place of the constants that they come from. They are taken for Llama
 * 3's if its formula gives each of them.
 *
 * @param prefix What metadata begin with, such as `llama.rope`.
 * @param theta Base of the frequencies.
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for any other scaling.
 */
export function readRopeScaling(
  file: GgufFile,
  prefix: string,
  theta: number,
  headSize: number,
): RopeScaling | null {
  const metadata = new GgufMetadata(file);
  const type = metadata.oneOf(`${prefix}.scaling.type`, ['none', 'linear'], 'none');
  const factors = file.tensors.get(ropeFactorsName);
  if (type === 'linear' && !factors) {
    return { rope_type: 'linear', factor: metadata.number(`${prefix}.scaling.factor`) };
  }
  metadata.require(`${prefix}.scaling.type`, 'none');
  metadata.require(`${prefix}.scaling.factor`, 1);
  if (!factors) return null;
  const values = dequantize(factors);
  const factor = values.at(-1) ?? Number.NaN;
  const isLlama3 =
    values.length === headSize / 2 &&
    values.every((value, index) => {
      const expected = llama3Factor(theta ** ((-2 * index) / headSize), factor);
      return Math.abs(value - expected) <= tolerance * expected;
    });
  if (isLlama3) return { rope_type: 'llama3', factor, ...llama3 };
  throw metadata.unsupported(`tensor "${ropeFactorsName}" holds factors that are not Llama 3's`);
}

/** Low frequencies are divided by the factor, high ones by 1, and those between are blended. */
function llama3Factor(frequency: number, factor: number): number {
  const { low_freq_factor: low, high_freq_factor: high } = llama3;
  const turns = (llama3.original_max_position_embeddings * frequency) / (2 * Math.PI);
  const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return 1 / ((1 - share) / factor + share);
}
