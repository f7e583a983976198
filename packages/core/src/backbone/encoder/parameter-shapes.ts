import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { EncoderSpec } from './encoder-spec.ts';

/**
 * Lists every weight of an encoder with its shape, bottom up.
 *
 * @param has - Whether the checkpoint has a weight; only a pooler may be missing.
 */
export function parameterShapes(
  spec: EncoderSpec,
  has: (name: string) => boolean,
): BackboneParameter[] {
  const { geometry, names, firstPosition } = spec;
  const { hiddenSize, vocabularySize, maxPositions } = geometry;
  const table = (name: string, rows: number) => [
    { name: `${name}.weight`, shape: [rows, hiddenSize], layer: null },
  ];
  const embeddings = [
    ...table(names.wordEmbeddings, vocabularySize),
    ...table(names.positionEmbeddings, maxPositions + firstPosition),
    ...(names.tokenTypeEmbeddings ? table(names.tokenTypeEmbeddings, spec.tokenTypes) : []),
    ...norm(names.embeddingNorm, hiddenSize, null),
  ];
  const layers = Array.from({ length: geometry.numLayers }, (_, layer) => layerShapes(spec, layer));
  const pooler = names.pooler && has(`${names.pooler}.weight`) ? names.pooler : null;
  const pooling = pooler ? linear(pooler, hiddenSize, hiddenSize, null) : [];
  return [...embeddings, ...layers.flat(), ...pooling];
}

function layerShapes({ geometry, names, intermediateSize }: EncoderSpec, layer: number) {
  const { hiddenSize, numHeads, headSize } = geometry;
  const inner = numHeads * headSize;
  const modules = names.layer(layer);
  return [
    ...[modules.query, modules.key, modules.value].flatMap((name) =>
      linear(name, inner, hiddenSize, layer),
    ),
    ...linear(modules.attentionOutput, hiddenSize, inner, layer),
    ...norm(modules.attentionNorm, hiddenSize, layer),
    ...linear(modules.intermediate, intermediateSize, hiddenSize, layer),
    ...linear(modules.output, hiddenSize, intermediateSize, layer),
    ...norm(modules.outputNorm, hiddenSize, layer),
  ];
}

function linear(name: string, out: number, input: number, layer: number | null) {
  return [
    { name: `${name}.weight`, shape: [out, input], layer },
    { name: `${name}.bias`, shape: [out], layer },
  ];
}

function norm(name: string, size: number, layer: number | null) {
  return [
    { name: `${name}.weight`, shape: [size], layer },
    { name: `${name}.bias`, shape: [size], layer },
  ];
}
