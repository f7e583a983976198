import * as tf from '@tensorflow/tfjs';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { AttentionSite, LayerPrefix, LayerPrefixes, Prompt } from '../contract/prompt.ts';
import type { NamedTensor } from './adapter-tensors.ts';
import { isEncoderDecoder, sharesStoredLayers } from './decoder-prefixes.ts';
import { invalidAdapter } from './invalid-adapter.ts';
import type { StoredAdapter } from './stored-adapter.ts';

/** Positions of each layer's prefix by attention site; null where a layer has none. */
export type PrefixLengths = Readonly<Partial<Record<AttentionSite, readonly (number | null)[]>>>;

/**
 * Lengths of prefixes that do not fit in PEFT's one matrix: of several attention sites, of one that
 * PEFT gives none, or not the same in all layers. Null for every other prompt.
 */
export function unevenLengths(prompt: Prompt, geometry: BackboneGeometry): PrefixLengths | null {
  if (prompt.kind !== 'layer-prefixes') return null;
  const sites = Object.entries(prompt.sites).map(([site, layers]) => [
    site,
    layers.map((prefix) => prefix?.keys.shape.at(-2) ?? null),
  ]);
  const lengths: PrefixLengths = Object.fromEntries(sites);
  const [first, ...others] = Object.values(lengths).flat();
  const isEven = sites.length === 1 && first !== null && others.every((other) => other === first);
  return isEven && fitsDecoder(prompt, geometry) ? null : lengths;
}

/** True for backbones with one attention site. */
function fitsDecoder({ sites: { decoder } }: LayerPrefixes, geometry: BackboneGeometry): boolean {
  return !isEncoderDecoder(geometry) || (decoder !== undefined && sharesStoredLayers(decoder));
}

/** Keys and values of each layer by the names that they are stored under; borrowed from the prompt. */
export function unevenTensors({ sites }: LayerPrefixes): NamedTensor[] {
  return Object.entries(sites).flatMap(([site, layers]) =>
    layers.flatMap((prefix, layer): NamedTensor[] => {
      if (!prefix) return [];
      const { keys, values } = namesOf(site, layer);
      return [
        [keys, prefix.keys],
        [values, prefix.values],
      ];
    }),
  );
}

/**
 * Reads what {@link unevenTensors} named; the caller owns the prompt's tensors.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` if the backbone has other sites or layers, or a
 *   tensor is missing or of another shape.
 */
export function readUnevenPrefixes(
  stored: StoredAdapter,
  lengths: PrefixLengths,
  geometry: BackboneGeometry,
): LayerPrefixes {
  const { numLayers, numKeyValueHeads, headSize, attentionSites } = geometry;
  const made: tf.Tensor[] = [];
  const read = (name: string, length: number): tf.Tensor3D => {
    const tensor = stored.tensor<tf.Rank.R3>(name, [numKeyValueHeads, length, headSize]);
    made.push(tensor);
    return tensor;
  };
  try {
    const sites = Object.entries(lengths).map(([site, layers]) => {
      const known: readonly string[] = attentionSites;
      if (!known.includes(site) || layers.length !== numLayers) {
        const reason = `it has prefixes for ${layers.length} layers of the ${site}, which "${geometry.id}" has not`;
        throw invalidAdapter(stored.folder, reason);
      }
      const prefixes = layers.map((length, layer): LayerPrefix | null => {
        if (length === null) return null;
        const { keys, values } = namesOf(site, layer);
        return { keys: read(keys, length), values: read(values, length) };
      });
      return [site, prefixes] as const;
    });
    return { kind: 'layer-prefixes', sites: Object.fromEntries(sites) };
  } catch (error) {
    tf.dispose(made);
    throw error;
  }
}

function namesOf(site: string, layer: number): { readonly keys: string; readonly values: string } {
  const name = `ptl.prefix.${site}.${layer}`;
  return { keys: `${name}.keys`, values: `${name}.values` };
}
