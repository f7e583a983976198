import type { TensorInfo } from '@tensorflow/tfjs';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from './register-kernels.ts';
import { SharedKernels } from './shared-kernels.ts';
import type { SharedModule } from './shared-module.ts';

/** A tensor that is being made, and where its values go. */
export interface Output {
  readonly info: TensorInfo;
  readonly address: number;
}

/** TF.js's WebAssembly backend, with kernels of PTL's own beside TF.js's for as long as it lives. */
export class SharedBackend extends BackendWasm {
  readonly kernels: SharedKernels;
  readonly #memory: WebAssembly.Memory;
  readonly #restoreKernels: () => void;

  constructor(wasm: SharedModule, threads: number) {
    super(wasm);
    this.#memory = wasm.wasmMemory;
    this.kernels = new SharedKernels(wasm, threads);
    this.#restoreKernels = registerKernels(this);
  }

  /** Where the values of a tensor are; 0 for one without any, which kernels take for none. */
  addressOf({ dataId, shape }: TensorInfo): number {
    return shape.includes(0) ? 0 : this.dataIdMap.get(dataId).memoryOffset;
  }

  output(shape: readonly number[]): Output {
    const info = this.makeOutput([...shape], 'float32');
    return { info, address: this.dataIdMap.get(info.dataId).memoryOffset };
  }

  /** All of the memory, as large as it is now. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  override dispose(): void {
    this.#restoreKernels();
    this.kernels[Symbol.dispose]();
    super.dispose();
  }
}
