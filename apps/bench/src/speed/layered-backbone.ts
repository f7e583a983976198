import { type Backbone, createBackbone } from '@ptl/core';
import type { BackboneSizes } from './work.ts';

/** A BERT of another depth, whose layers repeat those of the one given. The caller owns it. */
export function layeredBackbone(
  backbone: Backbone,
  { hiddenSize, numHeads, intermediateSize, vocabularySize, maxPositions }: BackboneSizes,
  layers: number,
): Backbone {
  const { numLayers } = backbone.geometry;
  const given = (name: string): string =>
    name.replace(/(?<=layer\.)\d+/, (layer) => String(Number(layer) % numLayers));
  const shapes = new Map(backbone.parameters.map(({ name, shape }) => [name, shape]));
  return createBackbone({
    id: `${backbone.geometry.id} with ${layers} layers`,
    tokenizer: backbone.tokenizer,
    config: {
      model_type: 'bert',
      hidden_size: hiddenSize,
      num_hidden_layers: layers,
      num_attention_heads: numHeads,
      intermediate_size: intermediateSize,
      vocab_size: vocabularySize,
      max_position_embeddings: maxPositions,
    },
    weights: {
      names: [...shapes.keys()],
      fingerprint: `${backbone.fingerprint}/${layers}`,
      has: (name) => shapes.has(given(name)),
      shape: (name) => shapes.get(given(name)) ?? [],
      float32: (name) => new Float32Array(backbone.weight(given(name)).dataSync<'float32'>()),
    },
  });
}
