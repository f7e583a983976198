import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { DecoderSpec } from './decoder-spec.ts';

/** The last layer's own weight, where the word embeddings do not serve as it. */
export const vocabularyLayer = 'lm_head';

/**
 * Lists every weight of a decoder with its shape, bottom up.
 *
 * @param has - Whether the checkpoint has a weight; only a vocabulary layer may be missing, as from
 *   the checkpoint of a classifier. Everything is there if absent.
 */
export function decoderParameters(
  spec: DecoderSpec,
  has: (name: string) => boolean = () => true,
): BackboneParameter[] {
  const { geometry, names } = spec;
  const { hiddenSize, vocabularySize, maxPositions } = geometry;
  const table = (name: string, rows: number) => [
    { name: `${name}.weight`, shape: [rows, hiddenSize], layer: null },
  ];
  const hasOwnVocabulary = !spec.isTied && has(`${vocabularyLayer}.weight`);
  return [
    ...table(names.wordEmbeddings, vocabularySize),
    ...(names.positionEmbeddings ? table(names.positionEmbeddings, maxPositions) : []),
    ...Array.from({ length: geometry.numLayers }, (_, layer) =>
      layerParameters(spec, layer),
    ).flat(),
    ...norm(spec, names.finalNorm, null),
    ...(hasOwnVocabulary
      ? table(vocabularyLayer, vocabularySize).map((part) => ({
          ...part,
          head: 'vocabulary' as const,
        }))
      : []),
  ];
}

function layerParameters(spec: DecoderSpec, layer: number): BackboneParameter[] {
  const { geometry, biases, intermediateSize } = spec;
  const { hiddenSize, numHeads, headSize } = geometry;
  const names = spec.names.layer(layer);
  const map = (name: string, out: number, input: number, hasBias: boolean) => [
    { name: `${name}.weight`, shape: spec.isTransposed ? [input, out] : [out, input], layer },
    ...(hasBias ? [{ name: `${name}.bias`, shape: [out], layer }] : []),
  ];
  return [
    ...norm(spec, names.attentionNorm, layer),
    ...attentionMaps(spec, layer).flatMap(([name, out]) =>
      map(name, out, hiddenSize, biases.attention),
    ),
    ...(names.headNorms ? Object.values(names.headNorms) : []).map((name) => ({
      name: `${name}.weight`,
      shape: [headSize],
      layer,
    })),
    ...map(names.attentionOutput, hiddenSize, numHeads * headSize, biases.attentionOutput),
    ...norm(spec, names.feedForwardNorm, layer),
    ...(names.gate ? map(names.gate, intermediateSize, hiddenSize, biases.feedForward) : []),
    ...map(names.intermediate, intermediateSize, hiddenSize, biases.feedForward),
    ...map(names.output, hiddenSize, intermediateSize, biases.feedForward),
  ];
}

/** Names and widths of the maps to queries, keys and values. */
function attentionMaps({ geometry, names }: DecoderSpec, layer: number): [string, number][] {
  const { attention } = names.layer(layer);
  const queries = geometry.numHeads * geometry.headSize;
  const keys = geometry.numKeyValueHeads * geometry.headSize;
  if ('packed' in attention) return [[attention.packed, queries + 2 * keys]];
  const { query, key, value } = attention;
  return [
    [query, queries],
    [key, keys],
    [value, keys],
  ];
}

function norm({ geometry, norm: { kind } }: DecoderSpec, name: string, layer: number | null) {
  const shape = [geometry.hiddenSize];
  const scale = { name: `${name}.weight`, shape, layer };
  return kind === 'rms' ? [scale] : [scale, { name: `${name}.bias`, shape, layer }];
}
