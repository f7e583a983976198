import * as tf from '@tensorflow/tfjs';
import type { PromptLayout } from '../contract/layout.ts';
import type { Tuner } from '../contract/method.ts';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';
import { VariableStore } from '../contract/variable-store.ts';

/**
 * Computes the prompt a tuner gives in evaluation, as plain tensors that the caller owns: what is
 * left of a tuner when its reparameterization is dropped.
 */
export function foldPrompt(tuner: Tuner): Prompt {
  const collected: { prompt: Prompt } = { prompt: { kind: 'none' } };
  tf.tidy(() => {
    const request = { batchSize: 1, training: false, dropout: <T>(tensor: T): T => tensor };
    collected.prompt = mapPrompt(tuner.prompt(request), (tensor) => tf.keep(tf.clone(tensor)));
  });
  return collected.prompt;
}

/** A tuner with nothing left to train. Takes over the prompt's tensors. */
export class FoldedTuner implements Tuner {
  readonly variables = new VariableStore('folded', 0);
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly #prompt: Prompt;

  constructor(prompt: Prompt, layout: PromptLayout, promptLength: number) {
    this.#prompt = prompt;
    this.layout = layout;
    this.promptLength = promptLength;
  }

  prompt(): Prompt {
    return this.#prompt;
  }

  [Symbol.dispose](): void {
    disposePrompt(this.#prompt);
    this.variables[Symbol.dispose]();
  }
}

export function disposePrompt(prompt: Prompt): void {
  mapPrompt(prompt, (tensor) => {
    tensor.dispose();
    return tensor;
  });
}

/** Number of values in a prompt. */
export function promptSize(prompt: Prompt): number {
  let size = 0;
  mapPrompt(prompt, (tensor) => {
    size += tensor.size;
    return tensor;
  });
  return size;
}

/** Applies a function to each tensor of a prompt. */
function mapPrompt(prompt: Prompt, map: <T extends tf.Tensor>(tensor: T) => T): Prompt {
  if (prompt.kind === 'none') return prompt;
  if (prompt.kind === 'virtual-tokens') {
    const { decoder } = prompt;
    const embeddings = map(prompt.embeddings);
    return { ...prompt, embeddings, ...(decoder ? { decoder: map(decoder) } : {}) };
  }
  const mapLayer = (prefix: LayerPrefix | null): LayerPrefix | null =>
    prefix && { keys: map(prefix.keys), values: map(prefix.values) };
  const sites = Object.entries(prompt.sites).map(([site, layers]) => [site, layers.map(mapLayer)]);
  return { ...prompt, sites: Object.fromEntries(sites) };
}
