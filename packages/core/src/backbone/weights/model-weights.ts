import type * as tf from '@tensorflow/tfjs';
import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { NormWeights } from '../../ops/add-norm.ts';
import type { LinearWeights } from '../../ops/linear.ts';
import { parameterTensor, type WeightsOrigin } from './precision.ts';
import { locateParameter } from './read-parameter.ts';
import { ReversedWeights } from './reversed-weights.ts';
import type { Weights } from './weights.ts';

/** Trained replacements of frozen weights, by parameter name. */
type TrainedWeights = ReadonlyMap<string, tf.Tensor>;

/** What a model needs of a checkpoint. */
export interface ModelParameters {
  readonly parameters: readonly BackboneParameter[];
  /** What task models put in front of every name. */
  readonly prefix: string;
  /** Whether linear weights are stored `[in, out]`. */
  readonly isTransposed: boolean;
}

/** The weights of a model as tensors, as the checkpoint has them; owned until disposed. */
export class ModelWeights implements Disposable {
  readonly parameters: readonly BackboneParameter[];
  readonly #isTransposed: boolean;
  readonly #tensors = new Map<string, tf.Tensor>();
  readonly #reversed = new ReversedWeights();

  constructor(
    { parameters, prefix, isTransposed }: ModelParameters,
    source: Weights,
    { id, precision }: WeightsOrigin,
  ) {
    this.parameters = parameters;
    this.#isTransposed = isTransposed;
    const places = parameters.map((parameter) => locateParameter(source, parameter, prefix, id));
    try {
      for (const [index, parameter] of parameters.entries()) {
        // One by one, so that no more than one lies in memory twice.
        const values = source.float32(places[index] ?? parameter.name);
        this.#tensors.set(parameter.name, parameterTensor(parameter, values, precision));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** A frozen weight, or its trained replacement. */
  get(name: string, trained?: TrainedWeights): tf.Tensor {
    const tensor = this.find(name, trained);
    if (!tensor) throw new TypeError(`The backbone has no weight "${name}".`);
    return tensor;
  }

  /** The same, or undefined where the model has none. */
  find(name: string, trained?: TrainedWeights): tf.Tensor | undefined {
    return trained?.get(name) ?? this.#tensors.get(name);
  }

  linear(name: string, trained?: TrainedWeights): LinearWeights {
    const weight = this.get(`${name}.weight`, trained) as tf.Tensor2D; // Checked when it was loaded.
    return {
      weight,
      reversed: trained?.has(`${name}.weight`) ? undefined : this.#reversed.of(name, weight),
      bias: (this.find(`${name}.bias`, trained) as tf.Tensor1D | undefined) ?? null,
      isTransposed: this.#isTransposed,
      trained: {
        weight: trained?.has(`${name}.weight`) ?? false,
        bias: trained?.has(`${name}.bias`) ?? false,
      },
    };
  }

  /** @param epsilon - Added to the variance. */
  norm(name: string, epsilon: number, trained?: TrainedWeights): NormWeights {
    return {
      scale: this.get(`${name}.weight`, trained) as tf.Tensor1D, // Checked when it was loaded.
      shift: this.get(`${name}.bias`, trained) as tf.Tensor1D,
      epsilon,
      trained: ['weight', 'bias'].some((part) => trained?.has(`${name}.${part}`) ?? false),
    };
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    this.#reversed[Symbol.dispose]();
  }
}
