import * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import { parseConfig } from '../../contract/config-schema.ts';
import { VariableStore } from '../../contract/variable-store.ts';
import { type Optimizer, type RunningOptimizer, type Update, updateOf } from './optimizer.ts';

const fields = z.strictObject({
  /**
   * `r` of `β₂ = 1 - step^(-r)`, the share of the mean squared gradient that is kept each step, in
   * (0, 1]: the larger, the longer the memory. 0.8 in Lester et al.
   */
  decayRate: z.number().positive().max(1).default(0.8),
  /** Root mean square of an update, in units of the rate, above which it is scaled down to it. */
  clipThreshold: z.number().positive().default(1),
  /** Share of the mean update that is kept each step, in [0, 1); null, the default, keeps none. */
  beta1: z.number().min(0).lt(1).nullable().default(null),
  /** Share of a variable that is taken off each step, in units of the rate. 1e-5 in Lester et al. */
  weightDecay: z.number().min(0).default(0),
  /** Whether the rate is multiplied by a variable's root mean square. Off in Lester et al. */
  scaleParameter: z.boolean().default(false),
  /**
   * Whether the rate is multiplied by `min(1e-2, 1/√step)`. A learning rate of 1 that stays constant
   * then gives the paper's own relative steps.
   */
  relativeStep: z.boolean().default(false),
  /** Whether relative steps rise by 1e-6 a step, until `1/√step` is less. */
  warmupInit: z.boolean().default(false),
  /** Added to squared gradients. */
  epsilon: z.number().positive().default(1e-30),
  /** Least root mean square that a variable is taken to have where the rate is scaled by it. */
  parameterEpsilon: z.number().positive().default(1e-3),
});

const schema = fields.refine(({ relativeStep, warmupInit }) => relativeStep || !warmupInit, {
  path: ['warmupInit'],
  message: 'Expected relativeStep with it; a schedule has warm-up steps of its own',
});

export type AdafactorOptions = z.input<typeof schema>;
type AdafactorSettings = z.output<typeof schema>;

/**
 * Adafactor: a step for each number by its mean squared gradient, of which matrices keep the means of
 * rows and columns only; as Transformers' `Adafactor` computes it.
 *
 * Lester et al. (2021) train prompts with it, at a constant learning rate of 0.3 and a weight decay of
 * 1e-5, which is what `scaleParameter` and `relativeStep` are off for.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`.
 * @see Shazeer & Stern (2018), arXiv:1804.04235, algorithms 4 to 6
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  const settings = parseConfig('adafactor', schema, options);
  return {
    name: 'adafactor',
    options: settings,
    start: (variables) => new RunningAdafactor(settings, variables),
  };
}

class RunningAdafactor implements RunningOptimizer {
  readonly #settings: AdafactorSettings;
  readonly #variables: ReadonlyMap<string, tf.Variable>;
  readonly #store = new VariableStore('adafactor', 0);

  constructor(settings: AdafactorSettings, variables: ReadonlyMap<string, tf.Variable>) {
    this.#settings = settings;
    this.#variables = variables;
    for (const [name, { shape }] of variables) {
      for (const [moment, size] of Object.entries(squareShapes(shape))) {
        this.#store.create(`${name}/${moment}`, () => tf.zeros(size));
      }
      if (settings.beta1 !== null) this.#store.create(`${name}/mean`, () => tf.zeros(shape));
    }
  }

  get moments(): ReadonlyMap<string, tf.Variable> {
    return this.#store.variables;
  }

  apply(gradients: ReadonlyMap<string, tf.Tensor>, update: Update): void {
    tf.tidy(() => {
      for (const [name, variable] of this.#variables) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        this.#move(name, variable, tf.mul(gradient, update.scale), updateOf(name, update));
      }
    });
  }

  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }

  #move(name: string, variable: tf.Variable, gradient: tf.Tensor, update: Update): void {
    const { clipThreshold, weightDecay } = this.#settings;
    const direction = tf.mul(gradient, this.#inverseRoot(name, gradient, update.step));
    const excess = tf.maximum(tf.div(rootMeanSquare(direction), clipThreshold), 1);
    const rate = this.#rate(variable, update);
    const change = this.#withMomentum(name, tf.mul(tf.div(direction, excess), rate));
    const kept =
      weightDecay === 0 ? variable : tf.sub(variable, tf.mul(variable, tf.mul(rate, weightDecay)));
    variable.assign(tf.sub(kept, change));
  }

  /** `1/√` of the mean squared gradients, after this step's are counted in. */
  #inverseRoot(name: string, gradient: tf.Tensor, step: number): tf.Tensor {
    const { decayRate, epsilon } = this.#settings;
    const beta2 = 1 - step ** -decayRate;
    const squares = tf.add(tf.square(gradient), epsilon);
    const follow = (moment: string, value: tf.Tensor): tf.Tensor | null => {
      const variable = this.moments.get(`${name}/${moment}`);
      if (!variable) return null;
      variable.assign(tf.add(tf.mul(variable, beta2), tf.mul(value, 1 - beta2)));
      return variable;
    };
    const whole = follow('square', squares);
    if (whole) return tf.rsqrt(whole);
    const row = follow('row', tf.mean(squares, -1)) ?? squares;
    const column = follow('column', tf.mean(squares, -2)) ?? squares;
    const ratio = tf.div(row, tf.mean(row, -1, true));
    return tf.mul(tf.expandDims(tf.rsqrt(ratio), -1), tf.expandDims(tf.rsqrt(column), -2));
  }

  #rate(variable: tf.Variable, { step, learningRate }: Update): tf.Tensor | number {
    const { relativeStep, warmupInit, scaleParameter, parameterEpsilon } = this.#settings;
    const most = warmupInit ? 1e-6 * step : 1e-2;
    const rate = relativeStep ? learningRate * Math.min(most, 1 / Math.sqrt(step)) : learningRate;
    if (!scaleParameter) return rate;
    return tf.mul(tf.maximum(rootMeanSquare(variable), parameterEpsilon), rate);
  }

  #withMomentum(name: string, change: tf.Tensor): tf.Tensor {
    const { beta1 } = this.#settings;
    const mean = this.moments.get(`${name}/mean`);
    if (beta1 === null || !mean) return change;
    mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(change, 1 - beta1)));
    return mean;
  }
}

/** Shapes of what is kept of squared gradients, by name: of their last two axes the means along each. */
function squareShapes(shape: readonly number[]): Record<string, number[]> {
  if (shape.length < 2) return { square: [...shape] };
  return { row: shape.slice(0, -1), column: [...shape.slice(0, -2), ...shape.slice(-1)] };
}

function rootMeanSquare(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.mean(tf.square(x)));
}
