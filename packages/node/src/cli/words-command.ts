import {
  formatNearestWords,
  loadBackbone,
  type NearestWordsOptions,
  nearestWords,
} from '@ptl/core';
import { useEngine } from '../use-engine.ts';
import { openAdapter } from './open-adapter.ts';
import type { Terminal } from './terminal.ts';

export interface WordsOptions extends NearestWordsOptions {
  /** What the adapter was trained on: nothing in its own files may cause a download. */
  readonly backbone: string;
  readonly json?: boolean;
}

/**
 * Prints the words nearest to each virtual token of a saved prompt, as lines or as JSON.
 *
 * @throws {@link PtlError} if the adapter cannot be loaded on the backbone, or has no virtual tokens.
 */
export async function showWords(
  folder: string,
  { backbone: source, json = false, ...options }: WordsOptions,
  terminal: Terminal,
): Promise<void> {
  await useEngine({ install: false, onMessage: () => undefined });
  using backbone = await loadBackbone(source);
  using model = await openAdapter(folder, backbone);
  const words = await nearestWords(model, options);
  terminal.write(json ? `${JSON.stringify(words, null, 2)}\n` : formatNearestWords(words));
}
