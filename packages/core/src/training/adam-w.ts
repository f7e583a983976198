import * as tf from '@tensorflow/tfjs';
import type { Optimizer, OptimizerState } from './optimizer.ts';

export interface AdamWOptions {
  /** Decay of the mean of gradients, [0, 1). */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, [0, 1). */
  readonly beta2?: number;
  /** Added to the root of the second moment. */
  readonly epsilon?: number;
  /** Share by which weights shrink in each step, times the learning rate; decoupled from the gradient. */
  readonly weightDecay?: number;
}

/** First and second moment of one variable. */
interface Moments {
  readonly mean: tf.Variable;
  readonly square: tf.Variable;
}

/**
 * Adam with decoupled weight decay, as `torch.optim.AdamW` computes it.
 *
 * `m = β₁ m + (1 - β₁) g`, `v = β₂ v + (1 - β₂) g²`,
 * `θ = (1 - ηλ) θ - η m / (1 - β₁ᵗ) / (√v / √(1 - β₂ᵗ) + ε)`
 *
 * @see Loshchilov and Hutter (2019), arXiv:1711.05101
 */
export function adamW({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
}: AdamWOptions = {}): Optimizer {
  const moments = new Map<string, Moments>();
  let step = 0;

  function momentsOf(name: string, shape: number[]): Moments {
    const known = moments.get(name);
    if (known) return known;
    const zero = (): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(shape), false));
    const created = { mean: zero(), square: zero() };
    moments.set(name, created);
    return created;
  }

  function update(variable: tf.Variable, gradient: tf.Tensor, rate: number, own: Moments): void {
    const { mean, square } = own;
    mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)));
    square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const root = tf.mul(tf.sqrt(square), 1 / Math.sqrt(1 - beta2 ** step));
    const direction = tf.div(mean, tf.add(root, epsilon));
    const decayed = weightDecay === 0 ? variable : tf.mul(variable, 1 - rate * weightDecay);
    variable.assign(tf.sub(decayed, tf.mul(direction, rate / (1 - beta1 ** step))));
  }

  function dispose(): void {
    for (const { mean, square } of moments.values()) tf.dispose([mean, square]);
    moments.clear();
  }

  return {
    apply(variables, gradients, learningRate, scale = 1) {
      step++;
      for (const [name, gradient] of gradients) {
        const variable = variables.get(name);
        if (!variable) throw new TypeError(`There is no variable "${name}" to update.`);
        const own = momentsOf(name, variable.shape);
        tf.tidy(() => update(variable, tf.mul(gradient, scale), learningRate, own));
      }
    },
    tensors: () =>
      new Map(
        [...moments].flatMap(([name, { mean, square }]) => [
          [`${name}/mean`, mean],
          [`${name}/square`, square],
        ]),
      ),
    get steps() {
      return step;
    },
    restore(state: OptimizerState, variables) {
      dispose();
      step = state.steps;
      for (const [name, { shape }] of variables) {
        const [mean, square] = [`${name}/mean`, `${name}/square`].map((key) =>
          state.values.get(key),
        );
        if (!mean || !square) continue;
        const own = momentsOf(name, shape);
        tf.tidy(() => {
          own.mean.assign(tf.tensor(mean, shape));
          own.square.assign(tf.tensor(square, shape));
        });
      }
    },
    [Symbol.dispose]: dispose,
  };
}
