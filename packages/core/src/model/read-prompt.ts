import type { Tensor } from '@tensorflow/tfjs';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';

/** One tensor of a prompt on the host. */
export interface PromptValues {
  /** Where it stands in the prompt, such as `encoder/2/keys`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** Downloads the tensors of a prompt, in the order of sites and layers. */
export function readPrompt(prompt: Prompt): Promise<PromptValues[]> {
  return Promise.all(
    namedTensors(prompt).map(async ([name, tensor]) => {
      // A copy: some engines hand out the memory that they compute with.
      return { name, shape: tensor.shape, values: (await tensor.data<'float32'>()).slice() };
    }),
  );
}

function namedTensors(prompt: Prompt): [name: string, tensor: Tensor][] {
  if (prompt.kind === 'none') return [];
  if (prompt.kind === 'virtual-tokens') {
    const { embeddings, decoder } = prompt;
    return [
      ['embeddings', embeddings],
      ...(decoder ? [['decoder', decoder] as [string, Tensor]] : []),
    ];
  }
  return Object.entries(prompt.sites).flatMap(([site, layers]) =>
    layers.flatMap((layer: LayerPrefix | null, index): [string, Tensor][] => {
      if (!layer) return [];
      const name = `${site}/${index}`;
      return [
        [`${name}/keys`, layer.keys],
        [`${name}/values`, layer.values],
      ];
    }),
  );
}
