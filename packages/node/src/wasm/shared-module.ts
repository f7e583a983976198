import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What Emscripten makes of TF.js's backend, as far as it is asked for here. */
interface EmscriptenModule {
  readonly wasmMemory: WebAssembly.Memory;
  /** The address of so many bytes; 0 if there is no room. */
  readonly _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
  readonly cwrap: (
    name: string,
    result: 'number' | null,
    parameters: readonly 'number'[],
    // Each has a signature of its own, which its name alone tells.
  ) => (...args: readonly number[]) => never;
}

/** TF.js's WebAssembly module, on memory that threads can share. */
export type SharedModule = BackendWasm['wasm'] & EmscriptenModule;

type Factory = (settings: {
  readonly locateFile: (file: string) => string;
  readonly printErr: () => void;
}) => Promise<EmscriptenModule>;

const require = createRequire(import.meta.url);

/** The folder with the binaries of TF.js's WebAssembly backend. */
export const binaries = join(
  dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
  'wasm-out',
);

const name = 'tfjs-backend-wasm-threaded-simd';

/**
 * Starts the build of TF.js's WebAssembly backend that has shared memory. TF.js refuses it on Node, as it cannot start
 * that build's threads there; here none of them are started.
 *
 * @throws Error if this Node or processor cannot run it.
 */
export async function startSharedModule(): Promise<SharedModule> {
  const locateFile = (file: string): string => join(binaries, file);
  // What it would print is in its error as well.
  const wasm = await loadFactory()({ locateFile, printErr: () => undefined });
  // Of the type's many functions the backend calls those above.
  return Object.assign(wasm, { tfjs: callsOf(wasm) }) as unknown as SharedModule;
}

/**
 * The script that starts the module. It is run with names of our own for what it would change: it sets `global.Worker`
 * and adds listeners to the process that it never takes away.
 */
function loadFactory(): Factory {
  const path = join(binaries, `${name}.js`);
  const module: { exports: unknown } = { exports: {} };
  const given = {
    module,
    exports: module.exports,
    require: (id: string): unknown =>
      id === 'worker_threads' ? { Worker: IdleWorker } : require(id),
    __filename: path,
    __dirname: binaries,
    global: {},
    process: { versions: process.versions, argv: [], hrtime: process.hrtime, on: () => undefined },
    Worker: IdleWorker,
  };
  const run = compileFunction(readFileSync(path, 'utf8'), Object.keys(given), { filename: path });
  run(...Object.values(given));
  return module.exports as Factory; // What this script exports.
}

/** What {@link BackendWasm} asks of its module, as TF.js's own start of it makes them. */
function callsOf(wasm: EmscriptenModule): SharedModule['tfjs'] {
  return {
    init: wasm.cwrap('init', null, []),
    initWithThreadsCount: wasm.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: wasm.cwrap('get_threads_count', 'number', []),
    registerTensor: wasm.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: wasm.cwrap('dispose_data', null, ['number']),
    dispose: wasm.cwrap('dispose', null, []),
  };
}

/** Stands for the eight threads that the module prepares and, asked for one, never uses. */
class IdleWorker extends EventEmitter {
  postMessage(message: { readonly cmd: string }): void {
    if (message.cmd === 'load') queueMicrotask(() => this.emit('message', { cmd: 'loaded' }));
  }

  ref(): void {}
  unref(): void {}
  terminate(): void {}
}
