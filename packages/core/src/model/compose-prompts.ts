import * as tf from '@tensorflow/tfjs';
import type { AttentionSite, LayerPrefix, Prompt } from '../contract/prompt.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import type { ModelParts } from './model-parts.ts';

/** Makes one tensor of those that stand in the same place of several prompts. */
type Merge = (tensors: tf.Tensor[], positionAxis: number) => tf.Tensor;

/**
 * Merges the folded prompts of models, all of one kind, tensor by tensor; a layer that some of them
 * have no prefix for is merged of the others'. The caller owns the result.
 */
export function composePrompts(
  models: readonly Pick<ModelParts<unknown, unknown>, 'tuner'>[],
  merge: Merge,
): Prompt {
  const prompts = models.map(({ tuner }) => foldPrompt(tuner));
  const result: { prompt: Prompt } = { prompt: { kind: 'none' } };
  tf.tidy(() => {
    const mergeKept: Merge = (...tensors) => tf.keep(tf.clone(merge(...tensors)));
    result.prompt = mergePrompts(prompts, mergeKept);
  });
  for (const prompt of prompts) disposePrompt(prompt);
  return result.prompt;
}

/** Merges prompts of one kind tensor by tensor; differentiable if `merge` is. */
export function mergePrompts(prompts: readonly Prompt[], merge: Merge): Prompt {
  const embeddings = prompts.flatMap((prompt) =>
    prompt.kind === 'virtual-tokens' ? [prompt.embeddings] : [],
  );
  // Tensors of one rank merge to one of that rank, here as below.
  if (embeddings.length > 0) {
    const decoders = prompts.flatMap((prompt) =>
      prompt.kind === 'virtual-tokens' && prompt.decoder ? [prompt.decoder] : [],
    );
    return {
      kind: 'virtual-tokens',
      embeddings: merge(embeddings, 0) as tf.Tensor2D,
      ...(decoders.length > 0 ? { decoder: merge(decoders, 0) as tf.Tensor2D } : {}),
    };
  }
  const sites = prompts.flatMap((prompt) =>
    prompt.kind === 'layer-prefixes' ? [prompt.sites] : [],
  );
  if (sites.length === 0) return { kind: 'none' };
  const names = new Set(sites.flatMap((site) => Object.keys(site))) as Set<AttentionSite>;
  const merged = [...names].map((name) => {
    const stacks = sites.flatMap((site) => (site[name] ? [site[name]] : []));
    const layers = stacks[0]?.map((_, layer) =>
      mergeLayer(
        stacks.flatMap((stack) => stack[layer] ?? []),
        merge,
      ),
    );
    return [name, layers];
  });
  return { kind: 'layer-prefixes', sites: Object.fromEntries(merged) };
}

function mergeLayer(prefixes: readonly LayerPrefix[], merge: Merge): LayerPrefix | null {
  if (prefixes.length === 0) return null;
  const part = (name: 'keys' | 'values'): tf.Tensor3D =>
    merge(
      prefixes.map((prefix) => prefix[name]),
      1,
    ) as tf.Tensor3D;
  return { keys: part('keys'), values: part('values') };
}
