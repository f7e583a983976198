import { sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { SharedBackend } from '../wasm/shared-backend.ts';
import { binaries, startSharedModule } from '../wasm/shared-module.ts';
import { defaultThreads } from './load-binding.ts';

export interface LoadedWasm {
  readonly version: string;
  readonly threads: number;
  /** Why it has one thread and no kernels of PTL's; absent if it has them. */
  readonly reason?: string;
}

/**
 * Makes WebAssembly the backend of TF.js: with shared memory, threads and PTL's kernels, or where this cannot be had
 * TF.js's own. Calling it again only makes it the backend again.
 *
 * @param threads - Counts when the backend is started.
 */
export async function loadWasm(threads = defaultThreads()): Promise<LoadedWasm> {
  // `tf.findBackend` would start one.
  const isStarted = 'wasm' in tf.engine().registry;
  if (!isStarted && tf.findBackendFactory('wasm') !== factory) register(threads);
  await tf.setBackend('wasm');
  const backend = tf.backend();
  if (backend instanceof SharedBackend)
    return { version: version_wasm, threads: backend.kernels.threads };
  return { version: version_wasm, threads: 1, reason: reasons.get(backend) ?? 'TF.js started it' };
}

/** Why a backend is TF.js's own. */
const reasons = new WeakMap<tf.KernelBackend, string>();

type BackendFactory = () => tf.KernelBackend | Promise<tf.KernelBackend>;

/** TF.js's own way to start it, and the one that is registered in its place. */
let plain: BackendFactory | undefined;
let factory: BackendFactory | undefined;

function register(threads: number): void {
  plain ??= tf.findBackendFactory('wasm');
  setWasmPaths(binaries + sep);
  if (tf.findBackendFactory('wasm') !== null) tf.removeBackend('wasm');
  factory = () => start(threads);
  tf.registerBackend('wasm', factory, 2);
}

async function start(threads: number): Promise<tf.KernelBackend> {
  try {
    return new SharedBackend(await startSharedModule(), threads);
  } catch (error) {
    if (!plain) throw error;
    const backend = await plain();
    reasons.set(backend, error instanceof Error ? error.message : String(error));
    return backend;
  }
}
