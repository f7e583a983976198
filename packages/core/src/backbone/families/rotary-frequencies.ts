import type { HuggingFaceConfig } from '../hf-config.ts';

/** Turns the frequencies of the pretraining into those of a longer context. */
type Scale = (frequency: number) => number;

/**
 * The angle per position of each pair of a head's values, in radians: `θ^(-2i / headSize)`, scaled as
 * the config says.
 *
 * Reads `rope_parameters`, and `rope_theta` with `rope_scaling` as older configs have them.
 *
 * @see Su et al. (2021), arXiv:2104.09864
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for a kind of scaling that is not supported.
 */
export function rotaryFrequencies(config: HuggingFaceConfig, headSize: number): Float64Array {
  const parameters = config.section('rope_parameters') ?? config.section('rope_scaling');
  const fallback = config.number('rope_theta', 10000);
  const theta = parameters?.number('rope_theta', fallback) ?? fallback;
  for (const reader of [config, ...(parameters ? [parameters] : [])]) {
    reader.require('partial_rotary_factor', 1);
  }
  const scale = parameters ? scaling(parameters, config) : (frequency: number) => frequency;
  return Float64Array.from({ length: headSize / 2 }, (_, index) =>
    scale(theta ** ((-2 * index) / headSize)),
  );
}

function scaling(parameters: HuggingFaceConfig, config: HuggingFaceConfig): Scale {
  const kinds = ['default', 'linear', 'llama3'];
  const older = parameters.oneOf('type', kinds, 'default');
  const kind = parameters.oneOf('rope_type', kinds, older);
  if (kind === 'default') return (frequency) => frequency;
  const factor = parameters.number('factor');
  if (kind === 'linear') return (frequency) => frequency / factor;
  return llama3(parameters, factor, config.size('max_position_embeddings', 2048));
}

/** Llama 3.1: low frequencies are slowed down, high ones stay, and those between are blended. */
function llama3(parameters: HuggingFaceConfig, factor: number, longest: number): Scale {
  const low = parameters.number('low_freq_factor');
  const high = parameters.number('high_freq_factor');
  const context = parameters.size('original_max_position_embeddings', longest);
  return (frequency) => {
    const turns = (context * frequency) / (2 * Math.PI);
    const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - share) * (frequency / factor) + share * frequency;
  };
}
