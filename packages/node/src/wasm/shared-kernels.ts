import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../load/package-root.ts';
import type { SharedModule } from './shared-module.ts';

/** What `wasm/kernels/index.ts` exports. */
interface KernelExports extends Readonly<Record<KernelName, KernelFunction>> {
  readonly attentionScratch: (headSize: number, positions: number) => number;
  readonly productScratch: (rows: number, depth: number, isTurnedA: number) => number;
  readonly productTiles: (columns: number) => number;
}

/** Computes all units of a call, in pieces of `grain` units at least, each by the thread that is free. */
type KernelFunction = (pool: number, call: number, units: number, grain: number) => void;

export type KernelName =
  | 'addNorm'
  | 'addNormGradient'
  | 'attention'
  | 'attentionGradient'
  | 'batchProduct'
  | 'gelu'
  | 'geluGradient'
  | 'sumRows';

export interface KernelWork {
  /** Fields of the call as the kernel's class has them, in their order; `epsilon` is the one float. */
  readonly call: readonly number[];
  readonly units: number;
  /** Multiplications or the like that a unit takes: few are not worth a thread. */
  readonly unitWork: number;
}

/** Work that a thread takes at least: some ten microseconds. */
const grainWork = 1 << 17;
/** Integers of `Pool`, and the place of two of them. */
const poolFields = 9;
const threadsField = 7;
const helpedField = 8;
const callBytes = 160;

/** Kernels of PTL's own in the memory of TF.js's WebAssembly module, and the threads that help to compute them. */
export class SharedKernels implements Disposable {
  readonly threads: number;
  readonly sizes: Pick<KernelExports, 'attentionScratch' | 'productScratch' | 'productTiles'>;
  readonly #wasm: SharedModule;
  readonly #exports: KernelExports;
  readonly #pool: number;
  readonly #call: number;
  readonly #workers: readonly Worker[];

  /** @param threads - The calling one among them. */
  constructor(wasm: SharedModule, threads: number) {
    const kernels = new WebAssembly.Module(readFileSync(join(packageRoot, 'wasm/kernels.wasm')));
    const memory = wasm.wasmMemory;
    const instance = new WebAssembly.Instance(kernels, { env: { memory } });
    this.#exports = instance.exports as unknown as KernelExports; // Built from the file named there.
    this.sizes = this.#exports;
    this.#wasm = wasm;
    this.threads = threads;
    this.#pool = wasm._malloc(4 * poolFields);
    this.#call = wasm._malloc(callBytes);
    this.#fields().fill(0)[threadsField] = threads;
    this.#workers = Array.from({ length: threads - 1 }, (_, index) =>
      startThread({ kernels, memory, pool: this.#pool, thread: index + 1 }),
    );
  }

  /** Pieces of work that other threads than the calling one have done. */
  get helped(): number {
    return this.#fields()[helpedField] ?? 0;
  }

  /** Computes and waits until it is done. */
  run(kernel: KernelName, { call, units, unitWork }: KernelWork): void {
    new Int32Array(this.#wasm.wasmMemory.buffer, this.#call, call.length).set(call);
    const grain = Math.ceil(grainWork / Math.max(1, unitWork));
    this.#exports[kernel](this.#pool, this.#call, units, grain);
  }

  /** Runs with so many floats of memory for each thread. */
  withScratch(floats: number, run: (address: number) => void): void {
    const address = this.#wasm._malloc(4 * floats * this.threads);
    if (address === 0) throw new RangeError(`No room for ${4 * floats * this.threads} bytes.`);
    try {
      run(address >>> 0);
    } finally {
      this.#wasm._free(address);
    }
  }

  #fields(): Int32Array {
    return new Int32Array(this.#wasm.wasmMemory.buffer, this.#pool, poolFields);
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) void worker.terminate();
  }
}

function startThread(workerData: object): Worker {
  // Loaders of the main thread are no business of a thread that reads one file.
  const worker = new Worker(join(packageRoot, 'wasm/thread.mjs'), { workerData, execArgv: [] });
  worker.unref();
  return worker;
}
