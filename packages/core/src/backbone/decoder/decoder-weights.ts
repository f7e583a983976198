import * as tf from '@tensorflow/tfjs';
import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { LinearWeights } from '../../ops/linear.ts';
import { readParameter } from '../weights/read-parameter.ts';
import type { Weights } from '../weights/weights.ts';
import { decoderParameters } from './decoder-parameters.ts';
import type { DecoderSpec } from './decoder-spec.ts';

/** Trained replacements of frozen weights, by parameter name. */
type TrainedWeights = ReadonlyMap<string, tf.Tensor>;

/** The weights of a decoder as tensors, owned until disposed. */
export class DecoderWeights implements Disposable {
  readonly parameters: readonly BackboneParameter[];
  readonly #isTransposed: boolean;
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(spec: DecoderSpec, source: Weights, id: string) {
    this.parameters = decoderParameters(spec);
    this.#isTransposed = spec.isTransposed;
    const values = this.parameters.map((parameter) =>
      readParameter(source, parameter, spec.checkpointPrefix, id),
    );
    for (const [index, { name, shape }] of this.parameters.entries()) {
      const data = values[index];
      if (data) this.#tensors.set(name, tf.tensor(data, [...shape]));
    }
  }

  /** A frozen weight, or its trained replacement. */
  get(name: string, trained?: TrainedWeights): tf.Tensor {
    const tensor = this.find(name, trained);
    if (!tensor) throw new TypeError(`The backbone has no weight "${name}".`);
    return tensor;
  }

  /** The same, or undefined where the family has none. */
  find(name: string, trained?: TrainedWeights): tf.Tensor | undefined {
    return trained?.get(name) ?? this.#tensors.get(name);
  }

  linear(name: string, trained?: TrainedWeights): LinearWeights {
    return {
      weight: this.get(`${name}.weight`, trained) as tf.Tensor2D, // Checked when it was loaded.
      bias: (this.find(`${name}.bias`, trained) as tf.Tensor1D | undefined) ?? null,
      isTransposed: this.#isTransposed,
      trained: {
        weight: trained?.has(`${name}.weight`) ?? false,
        bias: trained?.has(`${name}.bias`) ?? false,
      },
    };
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
