import * as tf from '@tensorflow/tfjs';
import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { NormWeights } from '../../ops/add-norm.ts';
import type { LinearWeights } from '../../ops/linear.ts';
import { pagedFloats } from '../weights/paged-buffer.ts';
import { type Precision, parameterTensor, type WeightsOrigin } from '../weights/precision.ts';
import { findParameter, locateParameter } from '../weights/read-parameter.ts';
import { ReversedWeights } from '../weights/reversed-weights.ts';
import type { Weights } from '../weights/weights.ts';
import type { EncoderSpec, LayerNames } from './encoder-spec.ts';
import { parameterShapes } from './parameter-shapes.ts';

/** The values of a parameter. */
type ReadValues = (name: string) => Float32Array<ArrayBuffer>;

/** Trained replacements of frozen weights, by parameter name. */
export type TrainedWeights = ReadonlyMap<string, tf.Tensor>;

/**
 * The weights of an encoder as tensors, owned until disposed.
 *
 * Queries, keys and values of a layer are kept as one matrix, which makes one product of three; a
 * single one of them is a slice of it.
 */
export class EncoderWeights implements Disposable {
  readonly parameters: readonly BackboneParameter[];
  readonly #spec: EncoderSpec;
  readonly #tensors = new Map<string, tf.Tensor>();
  readonly #reversed = new ReversedWeights();
  /** Where a query, key or value lies: in which packed tensor, from which row on. */
  readonly #slices = new Map<string, { readonly packed: string; readonly row: number }>();

  constructor(spec: EncoderSpec, source: Weights, { id, precision }: WeightsOrigin) {
    this.#spec = spec;
    this.parameters = parameterShapes(
      spec,
      (name) => findParameter(source, name, spec.checkpointPrefix) !== undefined,
    );
    const places = new Map(
      this.parameters.map((parameter) => [
        parameter.name,
        locateParameter(source, parameter, spec.checkpointPrefix, id),
      ]),
    );
    // One by one, so that no more than one lies in memory twice.
    const read: ReadValues = (name) => source.float32(places.get(name) ?? name);
    try {
      for (let layer = 0; layer < spec.geometry.numLayers; layer++) {
        this.#pack(layer, read, precision);
      }
      for (const parameter of this.parameters) {
        const { name } = parameter;
        if (this.#slices.has(name)) continue;
        this.#tensors.set(name, parameterTensor(parameter, read(name), precision));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** A frozen weight, or its trained replacement. */
  get(name: string, trained?: TrainedWeights): tf.Tensor {
    const tensor = trained?.get(name) ?? this.#tensors.get(name) ?? this.#unpack(name);
    if (!tensor) throw new TypeError(`The backbone has no weight "${name}".`);
    return tensor;
  }

  linear(name: string, trained?: TrainedWeights): LinearWeights {
    const bias = this.get(`${name}.bias`, trained) as tf.Tensor1D; // Checked when it was loaded.
    return { ...this.linearWithoutBias(name, trained), bias };
  }

  linearWithoutBias(name: string, trained?: TrainedWeights): LinearWeights {
    const weight = this.get(`${name}.weight`, trained) as tf.Tensor2D; // Checked when it was loaded.
    return this.#reversible(name, { weight, bias: null, trained: trainedParts([name], trained) });
  }

  /** Queries, keys and values of a layer as one linear map, in this order. */
  attentionInput({ query, key, value }: LayerNames, trained?: TrainedWeights): LinearWeights {
    const names = [query, key, value];
    const parts = trainedParts(names, trained);
    if (parts.weight || parts.bias) return this.packed(names, trained);
    return this.#reversible(packedName(query, 'weight'), {
      weight: this.get(packedName(query, 'weight')) as tf.Tensor2D, // As packed below.
      bias: this.get(packedName(query, 'bias')) as tf.Tensor1D,
      trained: parts,
    });
  }

  /** Several linear maps of the same input as one, outputs side by side. */
  packed(names: readonly string[], trained?: TrainedWeights): LinearWeights {
    const stacked = (kind: string): tf.Tensor =>
      tf.concat(
        names.map((name) => this.get(`${name}.${kind}`, trained)),
        0,
      );
    return this.#reversible(names.join(), {
      weight: stacked('weight') as tf.Tensor2D, // All of [out, hidden], on top of each other.
      bias: stacked('bias') as tf.Tensor1D,
      trained: trainedParts(names, trained),
    });
  }

  norm(name: string, trained?: TrainedWeights): NormWeights {
    return {
      scale: this.get(`${name}.weight`, trained) as tf.Tensor1D, // Checked when it was loaded.
      shift: this.get(`${name}.bias`, trained) as tf.Tensor1D,
      epsilon: this.#spec.epsilon,
      trained: [`${name}.weight`, `${name}.bias`].some((part) => trained?.has(part) ?? false),
    };
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    this.#reversed[Symbol.dispose]();
  }

  #reversible(name: string, weights: LinearWeights): LinearWeights {
    const { weight, trained } = weights;
    return trained.weight ? weights : { ...weights, reversed: this.#reversed.of(name, weight) };
  }

  #pack(layer: number, read: ReadValues, precision: Precision): void {
    const { query, key, value } = this.#spec.names.layer(layer);
    if (this.#slices.has(`${query}.weight`)) return; // Shared with a layer before.
    for (const kind of ['weight', 'bias']) {
      const packed = packedName(query, kind);
      const parts = [query, key, value].map((name) => read(`${name}.${kind}`));
      const rows = this.#spec.geometry.numHeads * this.#spec.geometry.headSize;
      for (const [part, name] of [query, key, value].entries()) {
        this.#slices.set(`${name}.${kind}`, { packed, row: part * rows });
      }
      const data = pagedFloats(parts.reduce((sum, { length }) => sum + length, 0));
      for (const [part, rowsOfPart] of parts.entries()) {
        data.set(rowsOfPart, part * rowsOfPart.length);
      }
      const shape = kind === 'bias' ? [3 * rows] : [3 * rows, this.#spec.geometry.hiddenSize];
      this.#tensors.set(packed, parameterTensor({ name: packed, shape, layer }, data, precision));
    }
  }

  #unpack(name: string): tf.Tensor | undefined {
    const slice = this.#slices.get(name);
    const packed = slice && this.#tensors.get(slice.packed);
    if (!packed) return undefined;
    const [rows = 0, ...rest] = packed.shape;
    return tf.slice(packed, [slice.row, ...rest.map(() => 0)], [rows / 3, ...rest]);
  }
}

function trainedParts(
  names: readonly string[],
  trained?: TrainedWeights,
): LinearWeights['trained'] {
  const isTrained = (kind: string): boolean =>
    names.some((name) => trained?.has(`${name}.${kind}`) ?? false);
  return { weight: isTrained('weight'), bias: isTrained('bias') };
}

function packedName(query: string, kind: string): string {
  return `packed:${query}.${kind}`;
}
