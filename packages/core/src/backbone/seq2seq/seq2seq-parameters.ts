import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { AttentionNames, Seq2SeqSpec, StackSpec } from './seq2seq-spec.ts';

/** The word embeddings of encoder and decoder, and of the vocabulary where it has no own layer. */
export const sharedEmbeddings = 'shared';

/** The vocabulary's layer, where the word embeddings do not serve as it. */
export const vocabularyLayer = 'lm_head';

/** Added to the vocabulary's logits, `[1, vocabulary]`. */
export const logitsBias = 'final_logits_bias';

/**
 * Lists every weight with its shape, bottom up; layer `i` holds those of the encoder's and of the
 * decoder's layer `i`.
 *
 * @param has - Whether the checkpoint has a weight; a layer of its own for the vocabulary and its
 *   bias may be missing.
 */
export function seq2seqParameters(
  spec: Seq2SeqSpec,
  has: (name: string) => boolean,
): BackboneParameter[] {
  const { hiddenSize, vocabularySize } = spec.geometry;
  const table = (name: string) => ({ name, shape: [vocabularySize, hiddenSize], layer: null });
  const vocabulary = `${vocabularyLayer}.weight`;
  return [
    table(`${sharedEmbeddings}.weight`),
    ...stackParameters(spec, spec.encoder),
    ...stackParameters(spec, spec.decoder),
    ...(has(vocabulary) ? [table(vocabulary)] : []),
    ...(spec.hasLogitsBias && has(logitsBias)
      ? [{ name: logitsBias, shape: [1, vocabularySize], layer: null }]
      : []),
  ];
}

function stackParameters(spec: Seq2SeqSpec, stack: StackSpec): BackboneParameter[] {
  const { geometry, firstPosition, buckets } = spec;
  const { hiddenSize, numHeads, numLayers, maxPositions } = geometry;
  const table = (name: string | null | undefined, shape: number[]) =>
    name ? [{ name: `${name}.weight`, shape, layer: null }] : [];
  return [
    ...table(stack.positions?.table, [maxPositions + firstPosition, hiddenSize]),
    ...norm(spec, stack.positions?.norm, null),
    ...table(stack.relativeTable, [buckets.buckets, numHeads]),
    ...Array.from({ length: numLayers }, (_, layer) => layerParameters(spec, stack, layer)).flat(),
    ...norm(spec, stack.finalNorm, null),
  ];
}

function layerParameters(spec: Seq2SeqSpec, stack: StackSpec, layer: number): BackboneParameter[] {
  const { hiddenSize, numHeads, headSize } = spec.geometry;
  const { self, cross, feedForward } = stack.layer(layer);
  const { gate, intermediate, output } = feedForward;
  const inner = numHeads * headSize;
  const map = (name: string, out: number, input: number) => [
    { name: `${name}.weight`, shape: [out, input], layer },
    ...(spec.hasBias ? [{ name: `${name}.bias`, shape: [out], layer }] : []),
  ];
  const attention = (names: AttentionNames) => [
    ...[names.query, names.key, names.value].flatMap((name) => map(name, inner, hiddenSize)),
    ...map(names.output, hiddenSize, inner),
    ...norm(spec, names.norm, layer),
  ];
  return [
    ...attention(self),
    ...(cross ? attention(cross) : []),
    ...(gate ? map(gate, stack.intermediateSize, hiddenSize) : []),
    ...map(intermediate, stack.intermediateSize, hiddenSize),
    ...map(output, hiddenSize, stack.intermediateSize),
    ...norm(spec, feedForward.norm, layer),
  ];
}

function norm(
  { geometry, norm: { place } }: Seq2SeqSpec,
  name: string | null | undefined,
  layer: number | null,
) {
  if (!name) return [];
  const shape = [geometry.hiddenSize];
  const parts = place === 'before' ? ['weight'] : ['weight', 'bias'];
  return parts.map((part) => ({ name: `${name}.${part}`, shape, layer }));
}
