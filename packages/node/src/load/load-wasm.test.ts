import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bundleProgram, startProgram } from '../testing/child-program.ts';
import { SharedBackend } from '../wasm/shared-backend.ts';
import { loadWasm } from './load-wasm.ts';

const shared = vi.hoisted(() => ({ isMissing: false }));

vi.mock('../wasm/shared-module.ts', async (original) => {
  const actual = await original<typeof import('../wasm/shared-module.ts')>();
  const startSharedModule = () => {
    if (shared.isMissing) throw new Error('no shared memory here');
    return actual.startSharedModule();
  };
  return { ...actual, startSharedModule };
});

afterEach(() => {
  shared.isMissing = false;
  if (tf.findBackendFactory('wasm') !== null) tf.removeBackend('wasm');
});

/** Small enough to be quick, and large enough to be shared out. */
function inputs() {
  const random = (shape: number[], seed: number): tf.Tensor =>
    tf.randomNormal(shape, 0, 1, 'float32', seed);
  const [batch, heads, keyHeads, headSize] = [4, 6, 3, 20];
  const attention = {
    query: random([batch * 40, heads * headSize], 1),
    keyValue: random([batch * 40, 2 * keyHeads * headSize], 2),
    queryBias: random([heads * headSize], 3),
    keyValueBias: random([2 * keyHeads * headSize], 4),
    prefixKeys: random([1, keyHeads, 5, headSize], 5),
    prefixValues: random([1, keyHeads, 5, headSize], 6),
    mask: tf.tensor1d([]),
  };
  const sizes = { batch, heads, keyHeads, headSize, causal: true };
  return { random, attention, sizes };
}

/** The bits that each kernel computes. */
function computeAll(): Record<string, Buffer> {
  const { random, attention, sizes } = inputs();
  const run = (name: string, given: tf.NamedTensorMap, attributes = {}): tf.Tensor[] => {
    const output = tf.engine().runKernel(name, given, attributes);
    return Array.isArray(output) ? output : [output as tf.Tensor];
  };
  const [x, dy] = [random([200, 195], 7), random([200, 195], 8)];
  const [bias, scale, shift] = [random([195], 9), random([195], 10), random([195], 11)];
  const added = run('PtlAddNorm', { x, residual: dy, bias, scale, shift }, { epsilon: 1e-5 });
  const [, normalized, inverse] = added as [tf.Tensor, tf.Tensor, tf.Tensor];
  const attended = run('PtlAttention', attention, sizes) as [tf.Tensor, tf.Tensor];
  const gradient = { ...attention, dy: attended[0], logSums: attended[1] };
  const outputs = {
    product: [tf.matMul(x, dy, false, true), tf.matMul(x, dy, true)],
    gelu: run('PtlGelu', { x, bias }),
    geluGradient: run('PtlGeluGrad', { x, bias, dy }),
    added,
    addedGradient: run('PtlAddNormGrad', { dy, normalized, inverse, scale }),
    attended,
    attentionGradient: run('PtlAttentionGrad', gradient, sizes),
  };
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensors]) => [
      name,
      Buffer.concat(tensors.map((tensor) => Buffer.from(tensor.dataSync().buffer))),
    ]),
  );
}

describe('loadWasm', () => {
  test('gives the same bits with one thread and with several, after the engine was removed, too', async () => {
    expect((await loadWasm(1)).threads).toBe(1);
    const alone = tf.tidy(computeAll);
    tf.removeBackend('wasm');
    expect(tf.getKernel('PtlGelu', 'wasm')).toBeUndefined();
    expect(await loadWasm(4)).toEqual({ version: '4.22.0', threads: 4 });
    const before = tf.memory().numTensors;
    const together = tf.tidy(computeAll);
    for (const [name, bits] of Object.entries(alone)) {
      expect(together[name]?.equals(bits), name).toBe(true);
    }
    expect(tf.memory().numTensors).toBe(before);
  }, 20_000);

  test('has as many threads as the process may use unless told otherwise', async () => {
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '3');
    expect((await loadWasm()).threads).toBe(3);
    vi.unstubAllEnvs();
    expect((await loadWasm(2)).threads).toBe(3);
  });

  test("falls back to TF.js's own backend, and says why", async () => {
    shared.isMissing = true;
    const loaded = await loadWasm(2);
    expect(loaded).toEqual({ version: '4.22.0', threads: 1, reason: 'no shared memory here' });
    expect(tf.backend()).not.toBeInstanceOf(SharedBackend);
    expect(tf.getKernel('PtlGelu', 'wasm')).toBeUndefined();
    const [sum] = tf.sum(tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]))).dataSync();
    expect(sum).toBe(60);
  });

  test("multiplies plain matrices to the bits of TF.js's own backend", async () => {
    const product = (): Buffer =>
      tf.tidy(() => {
        const [x, y] = [1, 2].map((seed) => tf.randomNormal([70, 70], 0, 1, 'float32', seed));
        return Buffer.from(tf.matMul(x as tf.Tensor, y as tf.Tensor).dataSync().buffer);
      });
    await loadWasm(2);
    const own = product();
    tf.removeBackend('wasm');
    shared.isMissing = true;
    await loadWasm();
    expect(product().equals(own)).toBe(true);
  });

  // A program that is kept alive by its threads runs into the limit.
  test('leaves its threads to end with the program, which has used them', async () => {
    const program = await bundleProgram('testing/wasm-child.ts');
    const { ended } = startProgram(program, []);
    expect(await ended).toEqual({ code: 0, stdout: '2 threads, helped: true', stderr: '' });
  }, 40_000);

  test('runs in a worker thread, which ends by itself', async () => {
    const worker = new Worker(await bundleProgram('testing/wasm-child.ts'), { stdout: true });
    let text = '';
    worker.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    const code = await new Promise((resolve, reject) => {
      worker.on('exit', resolve);
      worker.on('error', reject);
    });
    expect({ code, text }).toEqual({ code: 0, text: '2 threads, helped: true' });
  }, 40_000);
});
