import * as tf from '@tensorflow/tfjs';
import type { EncodedExample, Trainable } from '../trainer/trainable.ts';

/** Summed gradients of one update, not yet applied. */
export interface GradientSum extends Disposable {
  /** Mean loss over everything that counts in the batches. */
  readonly loss: number;
  /** Global norm of the gradient of that mean. */
  readonly norm: number;
  /** Sums over the batches, by the variables' stable names. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  /** What the sums are to be divided by. */
  readonly count: number;
}

/**
 * Computes the gradient of one update over one or more batches.
 *
 * Losses come as sums with counts and are divided once at the end, so that two batches of eight
 * give what one of sixteen gives, also where rows count for different numbers of tokens.
 *
 * @param seeds - One for each batch.
 */
export async function sumGradients<Row, Example extends EncodedExample>(
  model: Trainable<Row, Example>,
  batches: readonly (readonly Example[])[],
  seeds: readonly number[],
): Promise<GradientSum> {
  const names: string[] = [];
  let count = 0;
  const sums = tf.tidy(() => {
    const losses: tf.Tensor[] = [];
    const totals = new Map<string, tf.Tensor>();
    for (const [index, batch] of batches.entries()) {
      const part = gradientsOf(model, batch, seeds[index] ?? 0);
      count += part.count;
      losses.push(part.loss);
      for (const [name, gradient] of part.gradients) {
        const before = totals.get(name);
        totals.set(name, before ? tf.add(before, gradient) : gradient);
      }
    }
    names.push(...totals.keys());
    const gradients = [...totals.values()];
    const squaredNorm = tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient))));
    return { loss: tf.addN(losses), squaredNorm, gradients };
  });
  const { gradients } = sums;
  try {
    const [loss, squared] = await Promise.all([sums.loss.data(), sums.squaredNorm.data()]);
    return {
      loss: (loss[0] ?? Number.NaN) / count,
      norm: Math.sqrt(squared[0] ?? Number.NaN) / count,
      gradients: new Map(gradients.map((gradient, index) => [names[index] ?? '', gradient])),
      count,
      [Symbol.dispose]: () => tf.dispose(gradients),
    };
  } finally {
    tf.dispose([sums.loss, sums.squaredNorm]);
  }
}

/** Gradients of the summed loss of one batch, by stable names; called inside a tidy. */
function gradientsOf<Row, Example extends EncodedExample>(
  model: Trainable<Row, Example>,
  batch: readonly Example[],
  seed: number,
) {
  const variables = model.trainableVariables;
  let count = 0;
  const { value, grads } = tf.variableGrads(() => {
    const summed = model.loss(batch, seed);
    count = summed.count;
    return summed.sum;
  }, [...variables.values()]);
  const gradients = [...variables].flatMap(([name, variable]) => {
    const gradient = grads[variable.name];
    return gradient ? [[name, gradient] as const] : [];
  });
  return { loss: value, gradients, count };
}
