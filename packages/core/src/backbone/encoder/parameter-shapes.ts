import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { DisentangledSpec } from './disentangled-spec.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import { vocabularyParameters } from './vocabulary-parameters.ts';

/**
 * Lists every weight of an encoder with its shape, bottom up; one that layers share is listed once,
 * under the last of them.
 *
 * @param has - Whether the checkpoint has a weight; only a pooler and a head for the
 *   vocabulary may be missing.
 */
export function parameterShapes(
  spec: EncoderSpec,
  has: (name: string) => boolean,
): BackboneParameter[] {
  const { geometry, names, firstPosition, projection } = spec;
  const { hiddenSize, embeddingSize, vocabularySize, maxPositions } = geometry;
  const table = (name: string | null, rows: number) =>
    name ? [{ name: `${name}.weight`, shape: [rows, embeddingSize], layer: null }] : [];
  const isProjectedFirst = projection?.place === 'before-norm';
  const embeddings = [
    ...table(names.wordEmbeddings, vocabularySize),
    ...table(names.positionEmbeddings, maxPositions + firstPosition),
    ...table(names.tokenTypeEmbeddings, spec.tokenTypes),
    ...projectionShapes(spec),
    ...norm(names.embeddingNorm, isProjectedFirst ? hiddenSize : embeddingSize, null),
    ...(spec.disentangled ? disentangledShapes(spec.disentangled, hiddenSize) : []),
  ];
  const layers = Array.from({ length: geometry.numLayers }, (_, layer) => layerShapes(spec, layer));
  const pooler = names.pooler && has(`${names.pooler}.weight`) ? names.pooler : null;
  const pooling = pooler ? linear(pooler, hiddenSize, hiddenSize, null) : [];
  const poolerParts = pooling.map((part) => ({ ...part, head: 'pooler' as const }));
  const vocabulary = vocabularyParameters(spec, has);
  return listedOnce([...embeddings, ...layers.flat(), ...poolerParts, ...vocabulary]);
}

function listedOnce(parameters: readonly BackboneParameter[]): BackboneParameter[] {
  return [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()];
}

function projectionShapes({ geometry, projection }: EncoderSpec): BackboneParameter[] {
  if (!projection) return [];
  const parts = linear(projection.name, geometry.hiddenSize, geometry.embeddingSize, null);
  return projection.hasBias ? parts : parts.slice(0, 1);
}

/** Of the parts that all layers share. */
function disentangledShapes(
  { relative, convolution }: DisentangledSpec,
  hiddenSize: number,
): BackboneParameter[] {
  const table = relative
    ? [
        { name: `${relative.table}.weight`, shape: [2 * relative.span, hiddenSize], layer: null },
        ...(relative.norm ? norm(relative.norm, hiddenSize, null) : []),
      ]
    : [];
  if (!convolution) return table;
  const { name, size } = convolution;
  const kernel = [
    { name: `${name}.weight`, shape: [hiddenSize, hiddenSize, size], layer: 0 },
    { name: `${name}.bias`, shape: [hiddenSize], layer: 0 },
  ];
  return [...table, ...kernel, ...norm(convolution.norm, hiddenSize, 0)];
}

function layerShapes(spec: EncoderSpec, layer: number): BackboneParameter[] {
  const { geometry, names, intermediateSize } = spec;
  const { hiddenSize, numHeads, headSize } = geometry;
  const inner = numHeads * headSize;
  const modules = names.layer(layer);
  const { positionKey, positionQuery } = spec.disentangled?.relative ?? {};
  const maps = [modules.query, modules.key, modules.value];
  for (const map of [positionKey, positionQuery]) if (map) maps.push(map(layer));
  return [
    ...maps.flatMap((name) => linear(name, inner, hiddenSize, layer)),
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
