import { prefixOffsets } from '../backbone/pass/prompt-shape.ts';
import { sequencesOf } from '../task/sequences-of.ts';
import type { FrozenCacheOptions } from '../trainer/frozen-cache.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import { LayerCache } from './layer-cache.ts';
import { lowestTrainedLayer } from './lowest-trained-layer.ts';
import type { ModelExample } from './model-example.ts';
import type { ModelParts } from './model-parts.ts';
import { StatesFolder } from './states-folder.ts';

/**
 * Opens a cache of what lies below the lowest layer that is trained.
 *
 * @returns Null where that is nothing but the embeddings, or differs from step to step.
 */
export function openLayerCache<Row, Prediction>(
  parts: ModelParts<Row, Prediction>,
  { examples, batchSize, maxBytes, folder }: FrozenCacheOptions<ModelExample>,
): LayerCache | null {
  const { tuner, backbone, positionOffset } = parts;
  if (examples && tuner.frozenDropout) return null;
  const prompt = foldPrompt(tuner);
  const layer = lowestTrainedLayer(parts, prompt);
  const [site = 'encoder'] = backbone.geometry.attentionSites;
  const [shift = 0] = prefixOffsets(site, prompt, 1);
  disposePrompt(prompt);
  if (layer === 0) return null;
  const part = { parts, layer };
  const offset = positionOffset === 'shift' ? shift : 0;
  const stored = folder === undefined ? null : new StatesFolder(folder, part, offset);
  const cache = new LayerCache(part, { maxBytes, folder: stored, isOpen: examples === null });
  if (examples)
    cache.add(
      examples.flatMap(({ example }) => sequencesOf(example)),
      batchSize,
    );
  return cache;
}
