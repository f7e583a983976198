import * as tf from '@tensorflow/tfjs';
import type { OpAttribute, TensorflowBackend, TensorMetadata } from './tfjs-binding.ts';

/** TensorFlow's number for the type. */
const bfloat16 = 14;

interface KernelCall {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs?: tf.NamedAttrMap | undefined;
  readonly backend: unknown;
}

/**
 * Registers products of matrices in bfloat16: the addon's own where the processor has the instructions
 * that it is written for, else out of TensorFlow's operations. Core documents what they take and give.
 * Does nothing if they are registered already.
 */
export function registerBfloat16Kernels(): void {
  if (tf.getKernel('PtlBfloat16Product', 'tensorflow')) return;
  const kernels = { PtlBfloat16Pack: pack, PtlBfloat16Product: product };
  for (const [kernelName, compute] of Object.entries(kernels)) {
    // TF.js types a kernel's backend as anything: it is the one named here.
    const kernelFunc = (call: KernelCall): tf.TensorInfo => {
      using operations = new Operations(call.backend as TensorflowBackend);
      return compute(call, operations);
    };
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}

function pack({ inputs }: KernelCall, operations: Operations): tf.TensorInfo {
  const matrix = inputs['matrix'] as tf.Tensor; // As core calls it.
  const [rows = 0, columns = 0] = matrix.shape;
  const rounded = operations.cast(operations.idOf(matrix), 'float32', 'bfloat16');
  const pairs = operations.reshape(rounded, [rows, columns / 2, 2]);
  return operations.finish(operations.bitcast(pairs, 'bfloat16', 'int32'));
}

function product({ inputs, attrs, backend }: KernelCall, operations: Operations): tf.TensorInfo {
  const { x, weight } = inputs as { readonly x: tf.Tensor; readonly weight: tf.Tensor }; // As core calls it.
  const engine = backend as TensorflowBackend; // Registered for it alone.
  if (hasTiles(engine)) return multiplyTiles(engine, [x, weight], attrs?.['transpose'] === true);
  const [rows = 0, pairs = 0] = weight.shape;
  const factor = operations.cast(operations.idOf(x), 'float32', 'bfloat16');
  const unpacked = operations.bitcast(operations.idOf(weight), 'int32', 'bfloat16');
  const matrix = operations.reshape(unpacked, [rows, 2 * pairs]);
  const result = operations.multiply(factor, matrix, attrs?.['transpose'] === true);
  return operations.finish(operations.cast(result, 'bfloat16', 'float32'));
}

let tiles: boolean | undefined;

/** Whether the addon multiplies by itself, which depends on the processor and on the compiler. */
export function hasTiles(backend: TensorflowBackend): boolean {
  if (tiles !== undefined) return tiles;
  const probe = [tf.zeros([1, 2]), tf.zeros([1, 1], 'int32')];
  try {
    multiplyTiles(backend, probe, true).dispose();
    tiles = true;
  } catch {
    tiles = false;
  } finally {
    tf.dispose(probe);
  }
  return tiles;
}

function multiplyTiles(
  backend: TensorflowBackend,
  inputs: readonly tf.Tensor[],
  transpose: boolean,
): tf.Tensor {
  const { TF_ATTR_INT } = backend.binding;
  const attributes = [{ name: 'transpose', type: TF_ATTR_INT, value: Number(transpose) }];
  return backend.executeSingleOutput('PtlBfloat16Product', attributes, inputs);
}

type Type = 'float32' | 'int32' | 'bfloat16';

/** Operations on raw tensors, for types that TF.js does not know; frees all but the last result. */
class Operations implements Disposable {
  readonly #backend: TensorflowBackend;
  readonly #made: number[] = [];
  #last: TensorMetadata | undefined;
  #kept: number | undefined;

  constructor(backend: TensorflowBackend) {
    this.#backend = backend;
  }

  idOf(tensor: tf.Tensor): number {
    return this.#backend.getInputTensorIds([tensor])[0] ?? 0;
  }

  cast(id: number, from: Type, to: Type): number {
    const truncate = { name: 'Truncate', type: this.#binding.TF_ATTR_BOOL, value: false };
    return this.#run('Cast', [this.#type('SrcT', from), this.#type('DstT', to), truncate], [id]);
  }

  bitcast(id: number, from: Type, to: Type): number {
    return this.#run('Bitcast', [this.#type('T', from), this.#type('type', to)], [id]);
  }

  reshape(id: number, shape: readonly number[]): number {
    const { TF_INT32 } = this.#binding;
    const size = this.#binding.createTensor([shape.length], TF_INT32, Int32Array.from(shape));
    this.#made.push(size);
    const types = [this.#type('T', 'bfloat16'), this.#type('Tshape', 'int32')];
    return this.#run('Reshape', types, [id, size]);
  }

  multiply(x: number, weight: number, transpose: boolean): number {
    const { TF_ATTR_BOOL } = this.#binding;
    const attributes = [
      { name: 'transpose_a', type: TF_ATTR_BOOL, value: false },
      { name: 'transpose_b', type: TF_ATTR_BOOL, value: transpose },
      this.#type('T', 'bfloat16'),
    ];
    return this.#run('MatMul', attributes, [x, weight]);
  }

  /** Hands the last result over to TF.js. */
  finish(id: number): tf.TensorInfo {
    const last = this.#last;
    if (last?.id !== id) throw new TypeError('Only the last result can be kept.');
    this.#kept = id;
    return this.#backend.createOutputTensor(last);
  }

  [Symbol.dispose](): void {
    for (const id of this.#made) if (id !== this.#kept) this.#binding.deleteTensor(id);
  }

  get #binding(): TensorflowBackend['binding'] {
    return this.#backend.binding;
  }

  #type(name: string, type: Type): OpAttribute {
    const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = this.#binding;
    const value = { float32: TF_FLOAT, int32: TF_INT32, bfloat16 }[type];
    return { name, type: TF_ATTR_TYPE, value };
  }

  #run(name: string, attributes: readonly OpAttribute[], ids: readonly number[]): number {
    const [output] = this.#binding.executeOp(name, attributes, ids, 1);
    if (!output) throw new TypeError(`${name} gave no output.`);
    this.#made.push(output.id);
    this.#last = output;
    return output.id;
  }
}
