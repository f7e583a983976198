import * as tf from '@tensorflow/tfjs';
import { lstmStates } from '../ops/lstm-states.ts';
import { uniform } from './initializers.ts';
import type { Dropout } from './method.ts';
import { createTrainableMlp } from './trainable-mlp.ts';
import type { VariableStore } from './variable-store.ts';

export interface LstmEncoderOptions {
  /** Width of the embeddings, and of what is made of them. */
  readonly size: number;
  /** Of each direction. Half the size, rounded up, if null. */
  readonly units: number | null;
  readonly layers: number;
  /** Share of the values between two layers that is zeroed in each training step, in [0, 1). */
  readonly dropout: number;
}

/**
 * Creates the encoder of P-tuning, a bidirectional LSTM over the positions of a prompt and a
 * two-layer MLP: variables `lstm/...` and `mlp/...` in a store, started as PyTorch does.
 *
 * Trainable parameters, with embedding size `d` and `h` units: `8h(d + h + 2)` for the first layer
 * and `8h(3h + 2)` for each other one, both directions counted, then `2h(2h + 1) + d(2h + 1)` for
 * the MLP.
 *
 * @returns Maps embeddings `[promptLength, size]` to as many virtual tokens.
 * @see Liu et al. (2021), arXiv:2103.10385, 3.2
 */
export function createLstmEncoder(
  variables: VariableStore,
  { size, units: given, layers: count, dropout: rate }: LstmEncoderOptions,
): (x: tf.Tensor2D, dropout: Dropout) => tf.Tensor2D {
  const units = given ?? Math.ceil(size / 2);
  const layers = Array.from({ length: count }, (_, layer) =>
    createLstmLayer(variables, `lstm/${layer}`, layer === 0 ? size : 2 * units, units),
  );
  const mlp = createTrainableMlp(variables, [2 * units, 2 * units, size]);
  return (x, dropout) =>
    mlp(layers.reduce((y, layer, index) => layer(index > 0 ? dropout(y, rate, 'lstm') : y), x));
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
): (x: tf.Tensor2D) => tf.Tensor2D {
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
    const gates: tf.Tensor3D = tf.add(products, tf.add(inputBias, recurrentBias));
    const [forward, backward] = tf.unstack(lstmStates(gates, recurrentWeight)) as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    return tf.concat([forward, tf.reverse(backward, 0)], 1);
  };
}
