import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';

/** Makes WebAssembly the backend of TF.js, with SIMD where the processor has it. Returns its version. */
export async function loadWasm(): Promise<string> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  if (tf.findBackend('wasm') === null) setWasmPaths(join(folder, 'wasm-out') + sep);
  await tf.setBackend('wasm');
  return version_wasm;
}
