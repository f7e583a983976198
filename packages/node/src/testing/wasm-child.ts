import * as tf from '@tensorflow/tfjs';
import { useEngine } from '../use-engine.ts';
import { SharedBackend } from '../wasm/shared-backend.ts';

// A program that multiplies until a second thread has helped, prints how many threads there are, and ends by itself.
const { threads } = await useEngine({ engine: 'wasm', threads: 2, onMessage: () => undefined });
const backend = tf.backend();
const kernels = backend instanceof SharedBackend ? backend.kernels : undefined;
const end = Date.now() + 20_000;
while (kernels?.helped === 0 && Date.now() < end) {
  tf.tidy(() => void tf.matMul(tf.ones([256, 256]), tf.ones([256, 256])));
}
process.stdout.write(`${threads} threads, helped: ${(kernels?.helped ?? 0) > 0}`);
