import * as tf from '@tensorflow/tfjs';
import type {
  AttentionSite,
  BackbonePrompt,
  LayerPrefix,
  LayerPrefixes,
  VirtualTokens,
} from '../contract/prompt.ts';
import { padPositions, type ServedAdapter, type ServedPrefix } from './served-adapter.ts';

/**
 * Puts the prompts of a batch's rows together: one prompt in which each row has its own adapter's.
 *
 * Rows of one adapter alone share its tensors; else each row gets a copy, made in one concatenation
 * for keys and one for values of a layer. Called inside a tidy.
 *
 * @param rows - The adapter of each row; rows of one adapter next to each other.
 * @param promptLength - Slots of the batch.
 */
export function mixedPrompt(rows: readonly ServedAdapter[], promptLength: number): BackbonePrompt {
  const adapters = [...new Set(rows)];
  const [first] = adapters;
  if (first?.whole) return first.whole;
  const places = rows.map((row) => adapters.indexOf(row));
  const tokens = promptLength > 0 ? mixTokens(adapters, places, promptLength) : null;
  const prefixes = mixPrefixes(adapters, places);
  if (tokens && prefixes) return { kind: 'combined', tokens, prefixes };
  return tokens ?? prefixes ?? { kind: 'none' };
}

/** Slots that a row has no token for are padding; any values may stand there. */
function mixTokens(
  adapters: readonly ServedAdapter[],
  places: readonly number[],
  promptLength: number,
): VirtualTokens {
  const tables = adapters.flatMap(({ tokens }) => (tokens ? [tokens] : []));
  const [only] = tables;
  if (only && adapters.length === 1) return { kind: 'virtual-tokens', embeddings: only };
  let first = 0;
  const starts = adapters.map(({ tokens }) => {
    first += tokens?.shape[0] ?? 0;
    return first - (tokens?.shape[0] ?? 0);
  });
  const chosen = places.flatMap((place) => {
    const length = adapters[place]?.tokens?.shape[0] ?? 0;
    const start = starts[place] ?? 0;
    return Array.from({ length: promptLength }, (_, slot) => (slot < length ? start + slot : 0));
  });
  const flat = tf.gather(tf.concat(tables, 0), tf.tensor1d(chosen, 'int32'));
  const embeddings = tf.reshape<tf.Rank.R3>(flat, [places.length, promptLength, -1]);
  return { kind: 'virtual-tokens', embeddings };
}

function mixPrefixes(
  adapters: readonly ServedAdapter[],
  places: readonly number[],
): LayerPrefixes | null {
  const sites = new Set(adapters.flatMap((adapter) => [...adapter.sites.keys()]));
  if (sites.size === 0) return null;
  const mixed = [...sites].map((site) => [site, mixSite(site, adapters, places)]);
  return { kind: 'layer-prefixes', sites: Object.fromEntries(mixed) };
}

function mixSite(
  site: AttentionSite,
  adapters: readonly ServedAdapter[],
  places: readonly number[],
): (LayerPrefix | null)[] {
  const layers = Math.max(...adapters.map(({ sites }) => sites.get(site)?.length ?? 0));
  return Array.from({ length: layers }, (_, layer) => {
    const prefixes = adapters.map(({ sites }) => sites.get(site)?.[layer] ?? null);
    return mixLayer(prefixes, places);
  });
}

/** Where a row has no prefix, it gets another's, and uses none of its positions. */
function mixLayer(
  prefixes: readonly (ServedPrefix | null)[],
  places: readonly number[],
): LayerPrefix | null {
  const present = prefixes.filter((prefix) => prefix !== null);
  if (present.length === 0) return null;
  const positions = Math.max(...present.map(({ keys }) => keys.shape[2]));
  const lengths = places.map((place) => prefixes[place]?.length ?? 0);
  const [only, ...others] = present;
  const part = (name: 'keys' | 'values'): tf.Tensor3D | tf.Tensor4D => {
    if (only && others.length === 0) return shared(padPositions(only[name], positions));
    const padded = prefixes.map((prefix) => prefix && padPositions(prefix[name], positions));
    const spare = padded.find((prefix) => prefix !== null);
    const rows = places.map((place) => padded[place] ?? spare);
    return tf.concat(rows as tf.Tensor4D[], 0); // One is present, so that there is a spare one.
  };
  return { keys: part('keys'), values: part('values'), lengths };
}

/** Without its batch axis, of one row. */
function shared(part: tf.Tensor4D): tf.Tensor3D {
  const [, ...shape] = part.shape;
  return tf.reshape(part, shape);
}
