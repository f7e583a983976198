import type { Tensor } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import { PtlError } from '../../contract/errors.ts';
import type { BackboneGeometry } from '../../contract/frozen-backbone.ts';
import type {
  AttentionSite,
  BackbonePrompt,
  LayerPrefix,
  LayerPrefixes,
} from '../../contract/prompt.ts';
import { prefixesOf, tokensOf } from './prompt-parts.ts';

/** The prefix of each layer at a site; null where a layer, or the whole prompt, has none. */
export function prefixesAt(
  site: AttentionSite,
  prompt: BackbonePrompt,
  numLayers: number,
): readonly (LayerPrefix | null)[] {
  return prefixesOf(prompt)?.sites[site] ?? Array.from({ length: numLayers }, () => null);
}

/** Positions of a prefix, whether or not it has a batch axis. */
export function prefixLength(prefix: LayerPrefix | null): number {
  return prefix?.keys.shape.at(-2) ?? 0;
}

/** How many positions the tokens of each row stand behind their prefix at a site. */
export function prefixOffsets(
  site: AttentionSite,
  prompt: BackbonePrompt,
  batchSize: number,
): readonly number[] {
  const prefixes = prefixesOf(prompt);
  if (!prefixes) return [];
  const layers = prefixes.sites[site] ?? [];
  const used = (layer: LayerPrefix | null, row: number): number =>
    layer?.lengths?.[row] ?? usedLength(prefixes, row, prefixLength(layer));
  return Array.from({ length: batchSize }, (_, row) =>
    Math.max(0, ...layers.map((layer) => used(layer, row))),
  );
}

/** How many of a prefix's positions a row uses. */
export function usedLength({ lengths }: LayerPrefixes, row: number, available: number): number {
  return Math.min(lengths?.[row] ?? available, available);
}

/**
 * Holds a prompt against the backbone and the batch.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH`, naming what was expected.
 */
export function assertPromptFits(
  prompt: BackbonePrompt,
  batch: Batch,
  geometry: BackboneGeometry,
): void {
  const [tokens, prefixes] = [tokensOf(prompt), prefixesOf(prompt)];
  if (prefixes) assertPrefixesFit(prefixes, batch.size, geometry);
  if (tokens) {
    const { rank } = tokens.embeddings;
    const { promptLength, size } = batch;
    const expected = [...(rank === 3 ? [size] : []), promptLength, geometry.embeddingSize];
    assertShape('prompt', tokens.embeddings, expected);
    if (tokens.decoder) assertDecoderFits(tokens.decoder, size, geometry);
  } else if (batch.promptLength > 0) {
    const actual = `a prompt of kind "${prompt.kind}"`;
    throw mismatch('prompt', `virtual tokens for ${batch.promptLength} slots`, actual);
  }
}

function assertDecoderFits(tokens: Tensor, size: number, geometry: BackboneGeometry): void {
  const { architecture, embeddingSize } = geometry;
  if (architecture !== 'encoder-decoder') {
    const actual = `some for the decoder of an ${architecture}`;
    throw mismatch('prompt', 'virtual tokens for the input', actual);
  }
  const positions = tokens.shape.at(-2) ?? 0;
  assertShape('prompt', tokens, [...(tokens.rank === 3 ? [size] : []), positions, embeddingSize]);
}

function assertPrefixesFit(
  { sites, lengths }: LayerPrefixes,
  batchSize: number,
  geometry: BackboneGeometry,
): void {
  assertRows(lengths, batchSize);
  for (const [site, layers] of Object.entries(sites)) {
    const allowed: readonly string[] = geometry.attentionSites;
    if (!allowed.includes(site)) {
      throw mismatch('prefix', `the sites ${allowed.join(', ')}`, `the site ${site}`);
    }
    assertLayersFit(layers, batchSize, geometry);
  }
}

function assertLayersFit(
  layers: readonly (LayerPrefix | null)[],
  batchSize: number,
  geometry: BackboneGeometry,
): void {
  if (layers.length !== geometry.numLayers) {
    throw mismatch('prefix', `${geometry.numLayers} layers`, `${layers.length} layers`);
  }
  for (const [layer, prefix] of layers.entries()) {
    if (!prefix) continue;
    const head = [geometry.numKeyValueHeads, prefixLength(prefix), geometry.headSize];
    const expected = prefix.keys.rank === 4 ? [batchSize, ...head] : head;
    assertShape(`keys of layer ${layer}`, prefix.keys, expected);
    assertShape(`values of layer ${layer}`, prefix.values, expected);
    assertRows(prefix.lengths, batchSize);
  }
}

function assertRows(lengths: readonly number[] | undefined, batchSize: number): void {
  if (!lengths || lengths.length === batchSize) return;
  throw mismatch('prefix lengths', `${batchSize} rows`, `${lengths.length} rows`);
}

function assertShape(name: string, tensor: Tensor, expected: readonly number[]): void {
  if (tensor.shape.join() === expected.join()) return;
  throw mismatch(name, `[${expected.join(', ')}]`, `[${tensor.shape.join(', ')}]`);
}

function mismatch(tensor: string, expected: string, actual: string): PtlError {
  const message = `The ${tensor} does not fit the backbone: expected ${expected}, got ${actual}.`;
  return new PtlError('SHAPE_MISMATCH', message, { tensor, expected, actual });
}
