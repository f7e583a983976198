import * as tf from '@tensorflow/tfjs';
import type { Dropout } from '../contract/method.ts';
import { deriveSeed } from '../contract/seed.ts';
import { fusedKernel } from './fused-kernel.ts';

/** Leaves every tensor as it is; for evaluation. */
export const noDropout: Dropout = (tensor) => tensor;

/**
 * Dropout whose masks depend on `seed` and on the name of each place only. Two places of the same
 * name draw different masks: the second is numbered.
 *
 * Equal seeds give equal masks on the same engine; engines differ from each other.
 */
export function createDropout(seed: number): Dropout {
  const uses = new Map<string, number>();
  return (tensor, rate, name) => {
    if (rate === 0) return tensor;
    const use = uses.get(name) ?? 0;
    uses.set(name, use + 1);
    return drop(tensor, rate, deriveSeed(seed, `dropout/${name}/${use}`));
  };
}

/**
 * The same masks, but that a place draws its first one each time that it is asked for: for what is
 * computed twice.
 */
export function createRepeatedDropout(seed: number): Dropout {
  return (tensor, rate, name) =>
    rate === 0 ? tensor : drop(tensor, rate, deriveSeed(seed, `dropout/${name}/0`));
}

function drop<T extends tf.Tensor>(tensor: T, rate: number, seed: number): T {
  const kept = tf.cast(tf.greaterEqual(uniform(tensor.shape, seed), rate), 'float32');
  return tf.mul(tensor, tf.mul(kept, 1 / (1 - rate)));
}

/** U[0, 1). `PtlStatelessUniform` takes attributes shape and seed, two integers. */
function uniform(shape: readonly number[], seed: number): tf.Tensor {
  const fused = fusedKernel('PtlStatelessUniform');
  const [draw] = fused?.({}, { shape, seed: [seed, 0] }) ?? [];
  return draw ?? tf.randomUniform([...shape], 0, 1, 'float32', seed);
}
