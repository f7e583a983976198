import * as tf from '@tensorflow/tfjs';
import { canFuseLstm, fusedLstmStates } from './fused-lstm.ts';

/**
 * The recurrence `c ← σ(f) c + σ(i) tanh(g)`, `h ← σ(o) tanh(c)` of both directions, from zeros.
 *
 * Its gradient is written by hand: TF.js would make a gradient of the weight for each step and add
 * them up, where one product over all steps does, and the steps are most of P-tuning's time.
 *
 * @param gates - The inputs' share of the gates, `[2, sequence, 4 * units]`.
 * @param weight - `[2, 4 * units, units]`.
 * @returns `h` after each step, `[2, sequence, units]`.
 */
export function lstmStates(gates: tf.Tensor3D, weight: tf.Tensor3D): tf.Tensor3D {
  return canFuseLstm() ? fusedLstmStates(gates, weight) : composedLstmStates(gates, weight);
}

/** The same out of TF.js's own ops. */
function composedLstmStates(gates: tf.Tensor3D, weight: tf.Tensor3D): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const [first, second] = args as [tf.Tensor3D, tf.Tensor3D];
    const [states, ...others] = runSteps(first, second);
    save([states, ...others, second]);
    return { value: states, gradFunc: (dy: tf.Tensor, saved) => recurGradient(dy, saved) };
  });
  return op(gates, weight) as tf.Tensor3D;
}

/** The state, cell and gates after each step, `[2, sequence, units]` each. */
type LstmTrace = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

function runSteps(gates: tf.Tensor3D, weight: tf.Tensor3D): LstmTrace {
  const units = weight.shape[2];
  let state: tf.Tensor = tf.zeros([2, 1, units]);
  let cell: tf.Tensor = state;
  const steps = tf.split(gates, gates.shape[1], 1).map((step) => {
    const sums = tf.split(tf.add(step, tf.matMul(state, weight, false, true)), 4, 2);
    const [input, forget, candidate, output] = sums.map((sum, gate) =>
      gate === 2 ? tf.tanh(sum) : tf.sigmoid(sum),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    cell = tf.add(tf.mul(forget, cell), tf.mul(input, candidate));
    state = tf.mul(output, tf.tanh(cell));
    return [state, cell, input, forget, candidate, output];
  });
  const join = (part: number) =>
    tf.concat(
      steps.flatMap((step) => step.slice(part, part + 1)),
      1,
    );
  return [join(0), join(1), join(2), join(3), join(4), join(5)];
}

/** Gradients of the gates and of the weight. Slopes of all steps come first, then the way back. */
function recurGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  // As saved above.
  const [states, cells, input, forget, candidate, output, weight] = saved as [
    ...LstmTrace,
    tf.Tensor3D,
  ];
  const squashed = tf.tanh(cells);
  const toCell = tf.mul(output, complement(tf.square(squashed)));
  const toGates = tf.concat(
    [
      tf.mul(candidate, tf.mul(input, complement(input))),
      tf.mul(delayed(cells), tf.mul(forget, complement(forget))),
      tf.mul(input, complement(tf.square(candidate))),
      tf.mul(squashed, tf.mul(output, complement(output))),
    ],
    2,
  );
  const perStep = [dy, toCell, toGates, forget].map((x) => tf.split(x, states.shape[1] ?? 1, 1));
  const dGates: tf.Tensor[] = [];
  let carried: tf.Tensor = tf.zeros([1]);
  for (let step = (states.shape[1] ?? 1) - 1; step >= 0; step--) {
    const [dOutput, cellSlope, gateSlopes, kept] = perStep.flatMap((x) =>
      x.slice(step, step + 1),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const later = dGates[0];
    const dState = later ? tf.add(dOutput, tf.matMul(later, weight)) : dOutput;
    const dCell = tf.add(tf.mul(dState, cellSlope), carried);
    dGates.unshift(tf.mul(tf.concat([dCell, dCell, dCell, dState], 2), gateSlopes));
    carried = tf.mul(dCell, kept);
  }
  const all = tf.concat(dGates, 1);
  return [all, tf.matMul(all, delayed(states), true)];
}

/** `1 - x`. */
function complement(x: tf.Tensor): tf.Tensor {
  return tf.sub(1, x);
}

/** What each step found before it: zeros, then the values of all steps but the last. */
function delayed(x: tf.Tensor): tf.Tensor {
  const padded = tf.pad(x, [
    [0, 0],
    [1, 0],
    [0, 0],
  ]);
  return tf.slice(padded, [0, 0, 0], x.shape);
}
