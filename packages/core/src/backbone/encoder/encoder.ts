import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { Dropout } from '../../contract/method.ts';
import type { LayerPrefix, Prompt } from '../../contract/prompt.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { attention } from '../../ops/attention.ts';
import { noDropout } from '../../ops/dropout.ts';
import { linear } from '../../ops/linear.ts';
import { lookup } from '../../ops/lookup.ts';
import { fillSlots, pickRows } from '../../ops/slots.ts';
import { realPositions } from '../../tokenizer/real-positions.ts';
import type { ForwardOptions } from '../backbone.ts';
import { attentionBias } from './attention-bias.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights } from './encoder-weights.ts';
import { positionIds } from './position-ids.ts';
import { encoderPrefixes, prefixLength, prefixOffsets } from './prompt-shape.ts';

/** One pass over one batch: what every step of it needs. */
interface Pass {
  readonly spec: EncoderSpec;
  readonly weights: EncoderWeights;
  readonly batch: Batch;
  readonly prompt: Prompt;
  readonly options: ForwardOptions;
  /** Masks by prefix length, which may differ from layer to layer. */
  readonly biases: Map<number, tf.Tensor4D | null>;
}

/**
 * Runs an encoder. Rows are `[batch * sequence, hidden]` all the way, so that every product is one
 * matrix product.
 *
 * @returns `[batch, sequence, hidden]` of the real tokens.
 */
export function encode(
  spec: EncoderSpec,
  weights: EncoderWeights,
  batch: Batch,
  prompt: Prompt,
  options: ForwardOptions,
): tf.Tensor3D {
  const pass = { spec, weights, batch, prompt, options, biases: new Map() };
  const prefixes = encoderPrefixes(prompt, spec.geometry.numLayers);
  let hidden = embed(pass);
  for (const [layer, prefix] of prefixes.entries()) {
    hidden = runLayer(pass, layer, prefix, hidden);
  }
  return stripSlots(hidden, batch);
}

/**
 * Packed queries, keys and values of each layer for a batch without a prompt, `[batch * sequence,
 * 3 * hidden]`, first layer first.
 */
export function attentionInputs(
  spec: EncoderSpec,
  weights: EncoderWeights,
  batch: Batch,
): tf.Tensor2D[] {
  const prompt: Prompt = { kind: 'none' };
  const pass = { spec, weights, batch, prompt, options: {}, biases: new Map() };
  const inputs: tf.Tensor2D[] = [];
  let hidden = embed(pass);
  for (let layer = 0; layer < spec.geometry.numLayers; layer++) {
    inputs.push(linear(hidden, weights.attentionInput(spec.names.layer(layer))));
    hidden = runLayer(pass, layer, null, hidden);
  }
  return inputs;
}

function embed({ spec, weights, batch, prompt, options }: Pass): tf.Tensor2D {
  const { names } = spec;
  const trained = options.weights;
  const table = (name: string, ids: Int32Array): tf.Tensor2D => {
    const rows = weights.get(`${name}.weight`, trained) as tf.Tensor2D; // All tables have rank 2.
    return lookup(rows, ids, trained?.has(`${name}.weight`) ?? false);
  };
  const words = table(names.wordEmbeddings, batch.inputIds);
  const virtual = prompt.kind === 'virtual-tokens' && batch.promptLength > 0;
  const filled = virtual ? fillSlots(words, prompt.embeddings, batch.slots, batch.sequence) : words;
  const shift = (options.positionOffset ?? 'shift') === 'shift';
  const offsets = shift ? prefixOffsets(prompt, batch.size) : [];
  const positions = table(names.positionEmbeddings, positionIds(batch, offsets, spec));
  const types = names.tokenTypeEmbeddings
    ? tf.add(positions, table(names.tokenTypeEmbeddings, batch.tokenTypeIds))
    : positions;
  const sum = addNorm(filled, types as tf.Tensor2D, weights.norm(names.embeddingNorm, trained));
  return dropout(options)(sum, spec.dropout.hidden, 'embeddings');
}

function runLayer(
  pass: Pass,
  layer: number,
  prefix: LayerPrefix | null,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const { spec, weights, options } = pass;
  const names = spec.names.layer(layer);
  const trained = options.weights;
  const drop = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
    dropout(options)(x, spec.dropout.hidden, `layer/${layer}/${name}`);

  const packed = linear(hidden, weights.attentionInput(names, trained));
  const context = attention(packed, attentionOptions(pass, layer, prefix));
  const attended = drop(
    linear(context, weights.linear(names.attentionOutput, trained)),
    'attended',
  );
  const middle = addNorm(attended, hidden, weights.norm(names.attentionNorm, trained));
  const inner = spec.activation(linear(middle, weights.linear(names.intermediate, trained)));
  const output = drop(linear(inner, weights.linear(names.output, trained)), 'output');
  return addNorm(output, middle, weights.norm(names.outputNorm, trained));
}

function attentionOptions(pass: Pass, layer: number, prefix: LayerPrefix | null) {
  const { spec, batch, options } = pass;
  const { numHeads, headSize } = spec.geometry;
  const rate = spec.dropout.attention;
  const drop = options.dropout;
  return {
    shape: { batch: batch.size, sequence: batch.sequence, numHeads, headSize },
    prefix,
    bias: biasFor(pass, prefixLength(prefix)),
    dropWeights:
      drop && rate > 0 ? (ones: tf.Tensor) => drop(ones, rate, `layer/${layer}/attention`) : null,
  };
}

function biasFor({ batch, prompt, biases }: Pass, length: number): tf.Tensor4D | null {
  const known = biases.get(length);
  if (known !== undefined) return known;
  const lengths = prompt.kind === 'layer-prefixes' ? prompt.lengths : undefined;
  const bias = attentionBias(batch, length, lengths);
  biases.set(length, bias);
  return bias;
}

function stripSlots(hidden: tf.Tensor2D, batch: Batch): tf.Tensor3D {
  const { size, sequence, promptLength } = batch;
  const width = hidden.shape[1];
  if (promptLength === 0) return tf.reshape(hidden, [size, sequence, width]);
  const real = realPositions(batch);
  const flat = (positions: Int32Array, from: number, to: number): Int32Array =>
    positions.map((position, index) =>
      position < 0 ? -1 : Math.floor(index / from) * to + position,
    );
  const picked = flat(real.gather, real.sequence, sequence);
  const inverse = flat(real.inverse, sequence, real.sequence);
  return tf.reshape(pickRows(hidden, picked, inverse), [size, real.sequence, width]);
}

function dropout(options: ForwardOptions): Dropout {
  return options.dropout ?? noDropout;
}
