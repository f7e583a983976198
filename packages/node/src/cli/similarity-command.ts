import { basename } from 'node:path';
import { loadBackbone, type PromptSimilarity, promptSimilarity, type TunedModel } from '@ptl/core';
import { useEngine } from '../use-engine.ts';
import { openAdapter } from './open-adapter.ts';
import type { Terminal } from './terminal.ts';

export interface SimilarityOptions {
  /** What the adapters were trained on. */
  readonly backbone: string;
  readonly json?: boolean;
}

/**
 * Prints how alike the prompts of saved adapters are, as two tables or as JSON.
 *
 * @throws {@link PtlError} if an adapter cannot be loaded on the backbone, or cannot be compared.
 */
export async function showSimilarity(
  given: readonly string[],
  { backbone: source, json = false }: SimilarityOptions,
  terminal: Terminal,
): Promise<void> {
  await useEngine({ install: false, onMessage: () => undefined });
  using backbone = await loadBackbone(source);
  const models: Record<string, TunedModel> = {};
  const folders = [...new Set(given)];
  const names = folders.map((folder) => basename(folder));
  const isUnique = new Set(names).size === names.length;
  try {
    for (const [index, folder] of folders.entries()) {
      models[isUnique ? (names[index] ?? folder) : folder] = await openAdapter(folder, backbone);
    }
    const similarity = await promptSimilarity(models);
    terminal.write(json ? `${JSON.stringify(similarity, null, 2)}\n` : tables(similarity));
  } finally {
    for (const model of Object.values(models)) model[Symbol.dispose]();
  }
}

function tables({ names, average, perToken }: PromptSimilarity): string {
  const width = Math.max(...names.map((name) => name.length), 6);
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => cell.padStart(width)).join('  ')}\n`;
  const table = (title: string, matrix: PromptSimilarity['average']): string =>
    `${title}\n${line(['', ...names])}${matrix
      .map((row, index) => line([names[index] ?? '', ...row.map((cosine) => cosine.toFixed(3))]))
      .join('')}`;
  return `${table('cosine of the mean positions', average)}${table('mean cosine of the positions', perToken)}`;
}
