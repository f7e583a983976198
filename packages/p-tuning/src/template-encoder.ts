import {
  createTrainableLinear,
  type Dropout,
  normal,
  type PromptLayout,
  type PromptRequest,
  parseTemplate,
  slotCount,
  type Tuner,
  type TunerContext,
  uniform,
  type VariableStore,
  type VirtualTokens,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { PTuningConfig } from './config.ts';

/** Maps the embeddings `[promptLength, inputs]` to `[promptLength, outputs]`. */
type Encode = (x: tf.Tensor2D, dropout: Dropout) => tf.Tensor2D;

/**
 * Holds one embedding for each slot of the template and the encoder that makes virtual tokens of
 * all of them together, so that they depend on each other.
 *
 * Trainable parameters, with `P` slots, embedding size `d` and encoder size `h`: `Pd` for the
 * embeddings and
 *
 * - `lstm`: `8h(d + h + 2)` for the first layer and `8h(3h + 2)` for each other one, both directions
 *   counted, then `2h(2h + 1) + d(2h + 1)` for the MLP;
 * - `mlp`: `h(d + 1) + h(h + 1) + d(h + 1)`;
 * - `none`: nothing more.
 *
 * Embeddings in front of an encoder start from N(0, 1), and the encoder as PyTorch starts it, as in
 * the authors' code; without an encoder they are the virtual tokens and start from N(0, 0.02²).
 *
 * @see Liu et al. (2021), arXiv:2103.10385, 3.2
 */
export class TemplateEncoder implements Tuner {
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly frozenDropout: boolean;
  readonly variables: VariableStore;
  readonly #embedding: tf.Variable<tf.Rank.R2>;
  readonly #encode: Encode;

  constructor({ backbone, config, variables }: TunerContext<PTuningConfig>) {
    const { embeddingSize } = backbone.geometry;
    this.layout = { kind: 'template', parts: parseTemplate(config.template) };
    this.promptLength = slotCount(this.layout);
    this.frozenDropout = config.frozenDropout;
    this.variables = variables;
    const shape: [number, number] = [this.promptLength, embeddingSize];
    const spread = config.encoder === 'none' ? 0.02 : 1;
    this.#embedding = variables.create('embedding', (seed) => normal(shape, spread, seed));
    this.#encode = createEncoder(config, embeddingSize, variables);
  }

  prompt({ dropout }: PromptRequest): VirtualTokens {
    return { kind: 'virtual-tokens', embeddings: this.#encode(this.#embedding, dropout) };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }
}

function createEncoder(config: PTuningConfig, size: number, variables: VariableStore): Encode {
  const { encoder, encoderHiddenSize } = config;
  // A copy, because the caller owns the prompt and the tuner its variables.
  if (encoder === 'none') return (x) => tf.clone(x);
  if (encoder === 'mlp') {
    const units = encoderHiddenSize ?? size;
    return createMlp(variables, [size, units, units, size]);
  }
  const units = encoderHiddenSize ?? Math.ceil(size / 2);
  const recurrent = createLstm(config, size, units, variables);
  const mlp = createMlp(variables, [2 * units, 2 * units, size]);
  return (x, dropout) => mlp(recurrent(x, dropout), dropout);
}

/** Linear layers between the given sizes, with ReLU after all but the last. */
function createMlp(variables: VariableStore, sizes: readonly number[]): Encode {
  const layers = sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer] ?? outputs;
    return createTrainableLinear(variables, `mlp/${layer}`, { inputs, outputs });
  });
  return (x) => layers.reduce((y, { apply }, layer) => apply(layer > 0 ? tf.relu(y) : y), x);
}

/** Bidirectional layers, each of which reads both directions of the one before. */
function createLstm(
  { encoderLayers, encoderDropout }: PTuningConfig,
  size: number,
  units: number,
  variables: VariableStore,
): Encode {
  const layers = Array.from({ length: encoderLayers }, (_, layer) =>
    createLstmLayer(variables, `lstm/${layer}`, layer === 0 ? size : 2 * units, units),
  );
  return (x, dropout) =>
    layers.reduce(
      (y, layer, index) => layer(index > 0 ? dropout(y, encoderDropout, 'lstm') : y, dropout),
      x,
    );
}

/**
 * One bidirectional LSTM layer, `[sequence, inputs]` to `[sequence, 2 * units]`, forward half first.
 *
 * The two directions run as a batch of two, over the sequence and its reverse: the first axis of
 * every variable is the direction. Gates stand in the order of PyTorch: input, forget, cell, output.
 */
function createLstmLayer(
  variables: VariableStore,
  name: string,
  inputs: number,
  units: number,
): Encode {
  const create = <R extends tf.Rank>(parameter: string, shape: tf.ShapeMap[R]) =>
    variables.create<R>(`${name}/${parameter}`, (seed) =>
      uniform(shape, 1 / Math.sqrt(units), seed),
    );
  const inputWeight = create<tf.Rank.R3>('input/weight', [2, 4 * units, inputs]);
  const recurrentWeight = create<tf.Rank.R3>('recurrent/weight', [2, 4 * units, units]);
  const inputBias = create<tf.Rank.R3>('input/bias', [2, 1, 4 * units]);
  const recurrentBias = create<tf.Rank.R3>('recurrent/bias', [2, 1, 4 * units]);
  return (x) => {
    const both = tf.stack([x, tf.reverse(x, 0)]);
    // Everything that does not depend on the state, for all steps at once.
    const products = tf.matMul(both, inputWeight, false, true);
    const gates = tf.add(products, tf.add(inputBias, recurrentBias));
    const states = runSteps(tf.split(gates, x.shape[0], 1), recurrentWeight);
    const [forward, backward] = tf.unstack(tf.concat(states, 1)) as [tf.Tensor2D, tf.Tensor2D];
    return tf.concat([forward, tf.reverse(backward, 0)], 1);
  };
}

/**
 * `c ← σ(f) c + σ(i) tanh(g)` and `h ← σ(o) tanh(c)` for each step, from zeros.
 *
 * @param steps - The inputs' share of the gates, `[2, 1, 4 * units]` for each step.
 * @returns The state `h` after each step, `[2, 1, units]`.
 */
function runSteps(steps: readonly tf.Tensor[], recurrentWeight: tf.Tensor3D): tf.Tensor3D[] {
  const units = recurrentWeight.shape[2];
  let state: tf.Tensor3D = tf.zeros([2, 1, units]);
  let cell: tf.Tensor3D = state;
  return steps.map((step) => {
    const gates = tf.add(step, tf.matMul(state, recurrentWeight, false, true));
    const [input, forget, candidate, output] = tf.split(gates, 4, 2) as [
      tf.Tensor3D,
      tf.Tensor3D,
      tf.Tensor3D,
      tf.Tensor3D,
    ];
    const kept = tf.mul(tf.sigmoid(forget), cell);
    cell = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    state = tf.mul(tf.sigmoid(output), tf.tanh(cell));
    return state;
  });
}
