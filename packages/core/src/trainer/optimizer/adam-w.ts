import * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import { parseConfig } from '../../contract/config-schema.ts';
import { VariableStore } from '../../contract/variable-store.ts';
import { fusedKernel } from '../../ops/fused-kernel.ts';
import { type Optimizer, type RunningOptimizer, type Update, updateOf } from './optimizer.ts';

const decay = z.number().min(0).lt(1);

const adamWSchema = z.strictObject({
  /** Share of the mean gradient that is kept each step, in [0, 1). */
  beta1: decay.default(0.9),
  /** Share of the mean squared gradient that is kept each step, in [0, 1). */
  beta2: decay.default(0.999),
  /** Added to the root of the mean squared gradient. */
  epsilon: z.number().positive().default(1e-8),
  /** Share of a variable that is taken off each step, in units of the learning rate. */
  weightDecay: z.number().min(0).default(0),
});

export type AdamWOptions = z.input<typeof adamWSchema>;
type AdamWSettings = z.output<typeof adamWSchema>;

/**
 * Adam with decoupled weight decay and bias correction, as `torch.optim.AdamW` computes it.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`.
 * @see Loshchilov & Hutter (2019), arXiv:1711.05101, algorithm 2
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const settings = parseConfig('adam-w', adamWSchema, options);
  return {
    name: 'adam-w',
    options: settings,
    start: (variables) => new RunningAdamW(settings, variables),
  };
}

class RunningAdamW implements RunningOptimizer {
  readonly #settings: AdamWSettings;
  readonly #variables: ReadonlyMap<string, tf.Variable>;
  readonly #store = new VariableStore('adam-w', 0);

  constructor(settings: AdamWSettings, variables: ReadonlyMap<string, tf.Variable>) {
    this.#settings = settings;
    this.#variables = variables;
    for (const [name, { shape }] of variables) {
      this.#store.create(`${name}/mean`, () => tf.zeros(shape));
      this.#store.create(`${name}/square`, () => tf.zeros(shape));
    }
  }

  get moments(): ReadonlyMap<string, tf.Variable> {
    return this.#store.variables;
  }

  apply(gradients: ReadonlyMap<string, tf.Tensor>, update: Update): void {
    tf.tidy(() => {
      for (const [name, variable] of this.#variables) {
        const gradient = gradients.get(name);
        const mean = this.moments.get(`${name}/mean`);
        const square = this.moments.get(`${name}/square`);
        if (!gradient || !mean || !square) continue;
        this.#move({ variable, gradient, mean, square }, updateOf(name, update));
      }
    });
  }

  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }

  #move(slot: Slot, update: Update): void {
    const { variable, mean, square } = slot;
    const moved = (fusedKernel('PtlAdamW') ? fusedMove : composedMove)(slot, this.#factors(update));
    variable.assign(moved.variable);
    mean.assign(moved.mean);
    square.assign(moved.square);
  }

  #factors({ step, learningRate, scale }: Update): Factors {
    const { beta1, beta2, epsilon, weightDecay } = this.#settings;
    // The corrections of both moments are numbers: moved out of the tensors, they cost no kernel.
    const correction = Math.sqrt(1 - beta2 ** step);
    return {
      scale,
      meanKept: beta1,
      meanNew: 1 - beta1,
      squareKept: beta2,
      squareNew: 1 - beta2,
      epsilon: epsilon * correction,
      rate: (learningRate * correction) / (1 - beta1 ** step),
      variableKept: 1 - learningRate * weightDecay,
    };
  }
}

/** What a step multiplies with, and adds to the root of the mean square. */
interface Factors {
  readonly scale: number;
  readonly meanKept: number;
  readonly meanNew: number;
  readonly squareKept: number;
  readonly squareNew: number;
  readonly epsilon: number;
  readonly rate: number;
  readonly variableKept: number;
}

interface Moved {
  readonly variable: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly square: tf.Tensor;
}

/** `PtlAdamW` takes variable, gradient, both moments and the factors, and gives the next three. */
function fusedMove(slot: Slot, factors: Factors): Moved {
  const settings = tf.tensor1d(Object.values(factors));
  const outputs = fusedKernel('PtlAdamW')?.({ ...slot, settings });
  const [variable, mean, square] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor]; // Asked for before.
  return { variable, mean, square };
}

function composedMove(slot: Slot, factors: Factors): Moved {
  const gradient = tf.mul(slot.gradient, factors.scale);
  const mean = tf.add(tf.mul(slot.mean, factors.meanKept), tf.mul(gradient, factors.meanNew));
  const squared = tf.mul(tf.square(gradient), factors.squareNew);
  const square = tf.add(tf.mul(slot.square, factors.squareKept), squared);
  const direction = tf.div(mean, tf.add(tf.sqrt(square), factors.epsilon));
  const { variableKept } = factors;
  const kept = variableKept === 1 ? slot.variable : tf.mul(slot.variable, variableKept);
  return { variable: tf.sub(kept, tf.mul(direction, factors.rate)), mean, square };
}

interface Slot {
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly mean: tf.Variable;
  readonly square: tf.Variable;
}
