import * as tf from '@tensorflow/tfjs';
import type { FrozenStates } from './frozen-cache.ts';
import type { EncodedExample, Trainable } from './trainable.ts';

/** Gradients of a sum of losses. Whoever is given one disposes it. */
export interface SummedGradients extends Disposable {
  /** By the trainable's names; variables that the loss does not depend on are missing. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  readonly sum: tf.Scalar;
  /** How many losses the sum adds up. */
  readonly count: number;
}

/**
 * Runs a trainable over some rows, forward and backward. The caller owns the result.
 *
 * @param frozen - What is known of these rows before.
 */
export function computeGradients<Row, Example extends EncodedExample>(
  trainable: Trainable<Row, Example>,
  examples: readonly Example[],
  seed: number,
  frozen: FrozenStates | null = null,
): SummedGradients {
  let count = 0;
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(() => {
      const loss = trainable.loss(examples, seed, frozen);
      count = loss.count;
      return loss.sum;
    }, [...trainable.trainableVariables.values()]),
  );
  const gradients = new Map<string, tf.Tensor>();
  for (const [name, variable] of trainable.trainableVariables) {
    const gradient = grads[variable.name];
    if (gradient) gradients.set(name, gradient);
  }
  return own(gradients, value, count);
}

/** Adds up gradients and losses, and disposes both parts. The caller owns the result. */
export function addGradients(one: SummedGradients, other: SummedGradients): SummedGradients {
  const gradients = new Map<string, tf.Tensor>();
  for (const name of new Set([...one.gradients.keys(), ...other.gradients.keys()])) {
    const parts = [one.gradients.get(name), other.gradients.get(name)];
    const [first, second] = parts.filter((part) => part !== undefined);
    if (first) gradients.set(name, second ? tf.add(first, second) : tf.clone(first));
  }
  const sum: tf.Scalar = tf.add(one.sum, other.sum);
  one[Symbol.dispose]();
  other[Symbol.dispose]();
  return own(gradients, sum, one.count + other.count);
}

/**
 * Reads what decides whether a step may be taken, in one download.
 *
 * @returns The mean loss, and the norm of its gradient over all variables together.
 */
export async function measureGradients({
  gradients,
  sum,
  count,
}: Omit<SummedGradients, typeof Symbol.dispose>) {
  const measured = tf.tidy(() => {
    const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
    return tf.stack([sum, squares.length > 0 ? tf.addN(squares) : tf.scalar(0)]);
  });
  try {
    const [loss = 0, squared = 0] = await measured.data();
    const divisor = count || 1;
    return { loss: loss / divisor, norm: Math.sqrt(squared) / divisor };
  } finally {
    measured.dispose();
  }
}

function own(
  gradients: ReadonlyMap<string, tf.Tensor>,
  sum: tf.Scalar,
  count: number,
): SummedGradients {
  return {
    gradients,
    sum,
    count,
    [Symbol.dispose]: () => tf.dispose([sum, ...gradients.values()]),
  };
}
