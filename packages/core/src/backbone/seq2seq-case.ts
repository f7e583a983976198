import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import type { Batch, BatchTarget } from '../contract/batch.ts';
import type { AttentionSite, LayerPrefix, LayerPrefixes } from '../contract/prompt.ts';
import { readBytes, readJson } from '../files/read-file.ts';
import { crossEntropy } from '../ops/cross-entropy.ts';
import { pickRows } from '../ops/slots.ts';
import { hashed, hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { createBackbone } from './create-backbone.ts';
import { readEncoderDecoder } from './families.ts';
import { logitsBias, seq2seqParameters, vocabularyLayer } from './seq2seq/seq2seq-parameters.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights, type Weights } from './weights/weights.ts';

/*
 * Tiny encoder-decoders and what Transformers computed with them, written by
 * fixtures/make_seq2seq.py. For tests.
 */

interface Stored {
  readonly sources: number[][];
  readonly targets: number[][];
  /** What stands in front of the first target in `continued`. */
  readonly text: number[];
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly buckets: readonly {
    readonly buckets: number;
    readonly maxDistance: number;
    readonly isBidirectional: boolean;
    readonly begins: readonly [distance: number, bucket: number][];
  }[];
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
export const seq2seqCase = (await readJson(`${fixtures}/seq2seq.json`)) as Stored; // As written.
const file = `${fixtures}/seq2seq.safetensors`;
const stored = await createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
export const seq2seqNames = Object.keys(seq2seqCase.configs);
/** Those of which prefixes and weights have been differentiated too. */
export const wholeNames = ['t5', 'flan-t5', 'bart'];
export const sites: readonly AttentionSite[] = ['encoder', 'decoder', 'cross'];

/** Has a layer of its own for the vocabulary. */
const untied = 'flan-t5';

export function loadSeq2Seq(name: string, changes: object = {}): Backbone {
  const config = { ...seq2seqCase.configs[name], ...changes };
  const weights = weightsOf(name);
  return createBackbone({ id: name, config, weights, tokenizer: createTinyTokenizer() });
}

/** A checkpoint as Transformers saves it, but without the prefix of its names. */
export function weightsOf(name: string): Weights {
  const spec = readEncoderDecoder(seq2seqCase.configs[name], name);
  const has = (parameter: string) => name === untied || parameter === logitsBias;
  const shapes = new Map(seq2seqParameters(spec, has).map((each) => [each.name, each.shape]));
  const bare = new Set([logitsBias, `${vocabularyLayer}.weight`]);
  const weights = hashedWeights(shapes, spec.checkpointPrefix, bare);
  // T5 does not scale its scores: its queries are small instead.
  const shrunk = (name: string): number => (name.endsWith('Attention.q.weight') ? 1 / 4 : 1);
  return {
    ...weights,
    float32: (name) => weights.float32(name).map((value) => value * shrunk(name)),
  };
}

export interface SourcePadding {
  readonly side?: 'left' | 'right';
  /** Slots in front of each row's tokens. */
  readonly slots?: number;
  /** Padding beyond the longest row, of the source and of the target. */
  readonly more?: number;
}

/** The stored rows, or some of them. */
export function batchOf(padding: SourcePadding = {}, rows: readonly number[] = [0, 1, 2]): Batch {
  const { side = 'right', slots = 0, more = 0 } = padding;
  const tokens = rows.map((row) => [
    ...new Array<number>(slots).fill(0),
    ...(seq2seqCase.sources[row] ?? []),
  ]);
  const sequence = Math.max(...tokens.map(({ length }) => length)) + more;
  const starts = tokens.map(({ length }) => (side === 'left' ? sequence - length : 0));
  const place = (index: number): [row: number, column: number] => {
    const row = Math.floor(index / sequence);
    return [row, (index % sequence) - (starts[row] ?? 0)];
  };
  const length = rows.length * sequence;
  const inputIds = Int32Array.from({ length }, (_, index) => {
    const [row, column] = place(index);
    return tokens[row]?.[column] ?? 1;
  });
  const attentionMask = Uint8Array.from({ length }, (_, index) => {
    const [row, column] = place(index);
    return tokens[row]?.[column] === undefined ? 0 : 1;
  });
  return {
    size: rows.length,
    sequence,
    inputIds,
    attentionMask,
    tokenTypeIds: new Int32Array(length),
    promptLength: slots,
    slots: Int32Array.from({ length: rows.length * slots }, (_, index) => {
      return (starts[Math.floor(index / slots)] ?? 0) + (index % slots);
    }),
    target: targetOf(
      rows.map((row) => seq2seqCase.targets[row] ?? []),
      more,
    ),
  };
}

export function targetOf(rows: readonly (readonly number[])[], more = 0): BatchTarget {
  const sequence = Math.max(...rows.map(({ length }) => length)) + more;
  const padded = rows.map((row) => Array.from({ length: sequence }, (_, i) => row[i]));
  return {
    sequence,
    inputIds: Int32Array.from(padded.flat(), (id) => id ?? 77), // Nobody is to look at padding.
    attentionMask: Uint8Array.from(padded.flat(), (id) => (id === undefined ? 0 : 1)),
  };
}

/** Of the real tokens of a target, one after the other: `[tokens, width]`. */
export function realRows(all: tf.Tensor, { target }: Batch): tf.Tensor2D {
  const width = all.shape.at(-1) ?? 0;
  const real = [...(target?.attentionMask ?? [])];
  const picked = Int32Array.from(real.flatMap((mask, index) => (mask ? [index] : [])));
  const inverse = Int32Array.from(real, (_, index) => picked.indexOf(index));
  return pickRows(tf.reshape<tf.Rank.R2>(all, [real.length, width]), picked, inverse);
}

export function logitsOf(
  backbone: Backbone,
  hidden: tf.Tensor2D,
  trained?: Map<string, tf.Tensor>,
) {
  return backbone.vocabularyLogits?.(hidden, trained) ?? hidden;
}

/** Of the real tokens, summed, as in the fixtures. */
export function lossOf(logits: tf.Tensor2D, { target }: Batch): tf.Scalar {
  const mask = target?.attentionMask;
  return crossEntropy(
    logits,
    Int32Array.from(target?.inputIds ?? []).filter((_, i) => mask?.[i]),
  ).sum;
}

/** Each weight's gradient along a direction of its own, in the order of their names. */
export function weightSlopes(backbone: Backbone): [name: string, slope: number][] {
  const batch = batchOf();
  const names = backbone.parameters
    .map(({ name }): [string, string] => [backbone.taskModelName(name), name])
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const loss = (...given: tf.Tensor[]): tf.Scalar => {
    const trained = new Map(names.map(([, name], index) => [name, given[index] as tf.Tensor]));
    const hidden = backbone.forward(batch, { kind: 'none' }, { weights: trained });
    return lossOf(logitsOf(backbone, realRows(hidden, batch), trained), batch);
  };
  const gradients = tf.grads(loss)(names.map(([, name]) => backbone.weight(name)));
  return names.map(([saved], index) => {
    const gradient = gradients[index] as tf.Tensor; // One for each.
    const along = tf.tensor(hashed(`along ${saved}`, gradient.shape), gradient.shape);
    return [saved, tf.sum(tf.mul(gradient, along)).dataSync()[0] ?? Number.NaN];
  });
}

export function reference(name: string, part: string): tf.Tensor {
  return tf.tensor(stored.float32(`${name}.${part}`), [...stored.shape(`${name}.${part}`)]);
}

/** The values that the fixtures have for the prefixes of each site: keys and values in turn. */
export function prefixTensors({ geometry }: Backbone): tf.Tensor[] {
  const { numLayers, numHeads, headSize } = geometry;
  const shape = [numLayers, numHeads, 3, headSize];
  return sites.flatMap((site) =>
    ['keys', 'values'].map((part) => tf.tensor(hashed(`prefix.${site}.${part}`, shape), shape)),
  );
}

/** Gradients of {@link prefixTensors}, each head's along a direction of its own: `[layers, heads]`. */
export function prefixSlopes(gradients: readonly tf.Tensor[]): tf.Tensor[] {
  return gradients.map((gradient, index) => {
    const [site, part] = [sites[Math.floor(index / 2)], index % 2 === 0 ? 'keys' : 'values'];
    const along = tf.tensor(hashed(`along ${site}.${part}`, gradient.shape), gradient.shape);
    return tf.sum(tf.mul(gradient, along), [2, 3]);
  });
}

/** @param tensors - Keys and values in turn of some sites, `[layers, ...]`. */
export function prefixOf(
  tensors: readonly tf.Tensor[],
  at: readonly AttentionSite[] = sites,
): LayerPrefixes {
  const entries = at.map((site, index) => {
    const [keys = [], values = []] = tensors.slice(2 * index, 2 * index + 2).map((all) => {
      return tf.unstack(all);
    });
    const layers = keys.map((own, layer) => ({ keys: own, values: values[layer] }) as LayerPrefix);
    return [site, layers];
  });
  return { kind: 'layer-prefixes', sites: Object.fromEntries(entries) };
}

export function largestDifference(actual: tf.Tensor, expected: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0] ?? Number.NaN;
}

/** Gradients of sums over many tokens are compared relative to the largest. */
export function relativeDifference(actual: tf.Tensor, expected: tf.Tensor): number {
  const largest = tf.max(tf.abs(expected)).dataSync()[0] ?? Number.NaN;
  return largestDifference(actual, expected) / largest;
}
