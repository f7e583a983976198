import type { backend_util, DataType, KernelBackend, Tensor } from '@tensorflow/tfjs';

/** An attribute of a TensorFlow operation. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | object | string | readonly number[];
}

/** A tensor that lives in TensorFlow, as the binding describes it. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What PTL uses of the addon; constants carry TensorFlow's own numbers. */
export interface TfjsBinding {
  createTensor(shape: number[], dtype: number, values: backend_util.BackendValues): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_Version: string;
}

/** What PTL uses of tfjs-node's `NodeJSKernelBackend`. */
export interface TensorflowBackend extends KernelBackend {
  readonly binding: TfjsBinding;
  readonly isUsingGpuDevice: boolean;
  getDTypeInteger(dtype: DataType): number;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  executeSingleOutput(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
  ): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}
