import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { loadTensorflow } from '../load/load-tensorflow.ts';
import { loadWasm } from '../load/load-wasm.ts';

interface KernelEngine {
  readonly name: string;
  /** Whether it can be had here. */
  readonly isThere: boolean;
  readonly use: () => Promise<unknown>;
}

const installed = await findInstalled(cacheFolder());

/** TensorFlow, which is there once "ptl-engine install" has run. */
export const tensorflowKernels: KernelEngine = {
  name: 'TensorFlow',
  isThere: installed !== null,
  use: async () => installed && (await loadTensorflow(installed)),
};

/** WebAssembly with more threads than most pieces of work here have parts. */
export const wasmKernels: KernelEngine = {
  name: 'WebAssembly',
  isThere: true,
  use: () => loadWasm(3),
};

/** The engines that have fused kernels. */
export const kernelEngines: readonly KernelEngine[] = [tensorflowKernels, wasmKernels];
