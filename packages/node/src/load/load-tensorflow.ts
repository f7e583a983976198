import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { InstalledEngine } from '../install/installed-engine.ts';
import { hasTiles, registerBfloat16Kernels } from './bfloat16-kernels.ts';
import { registerBfloat16Layer } from './bfloat16-layer.ts';
import { hasFastBfloat16 } from './bfloat16-support.ts';
import { registerFusedKernels } from './fused-kernels.ts';
import { defaultThreads, loadBinding } from './load-binding.ts';
import { registerStatelessUniform } from './stateless-uniform.ts';
import type { TensorflowBackend, TfjsBinding } from './tfjs-binding.ts';
import { tfjsNodeSources } from './tfjs-node-sources.ts';

const require = createRequire(import.meta.url);

export interface LoadedTensorflow {
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  readonly threads: number;
}

/**
 * Makes TensorFlow the backend of TF.js. Calling it again only makes it the backend again.
 *
 * @throws Error if the library cannot be loaded.
 */
export async function loadTensorflow(
  engine: InstalledEngine,
  threads?: number,
): Promise<LoadedTensorflow> {
  if (tf.findBackendFactory('tensorflow') === null) register(engine, threads);
  await tf.setBackend('tensorflow');
  // The one registered under this name, here or by tfjs-node.
  const backend = tf.backend() as TensorflowBackend;
  const { binding } = backend;
  // Whether the addon can is known once there is a backend to try it with.
  if (hasBfloat16Kernels() && hasTiles(backend)) registerBfloat16Layer();
  return {
    version: binding.TF_Version,
    device: binding.isUsingGpuDevice() ? 'gpu' : 'cpu',
    // As the environment said when TensorFlow was loaded.
    threads: defaultThreads(),
  };
}

function register(engine: InstalledEngine, threads: number | undefined): void {
  replaceRemovedFunctions();
  const binding = loadBinding(engine, threads);
  const dist = join(tfjsNodeSources(), 'dist');
  const { NodeJSKernelBackend }: BackendModule = require(join(dist, 'nodejs_kernel_backend.js'));
  require(join(dist, 'register_all_kernels.js'));
  registerStatelessUniform();
  // They run on the CPU; on a GPU the composed forms stay where the data is.
  if (!binding.isUsingGpuDevice()) registerFusedKernels();
  if (!binding.isUsingGpuDevice() && hasFastBfloat16()) registerBfloat16Kernels();
  const packageName = '@tensorflow/tfjs-node-gpu';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, packageName), 3);
}

function hasBfloat16Kernels(): boolean {
  return tf.getKernel('PtlBfloat16Product', 'tensorflow') !== undefined;
}

interface BackendModule {
  readonly NodeJSKernelBackend: new (
    binding: TfjsBinding,
    packageName: string,
  ) => TensorflowBackend;
}

/** TF.js's code calls them; Node 22 warns of both on the terminal and Node 23 has removed the first. */
function replaceRemovedFunctions(): void {
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
}
