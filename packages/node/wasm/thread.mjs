// A thread that shares the memory of the engine and computes what its kernels are asked for, until the engine ends it.
import { workerData } from 'node:worker_threads';

const { kernels, memory, pool, thread } = workerData;
const { exports } = new WebAssembly.Instance(kernels, { env: { memory } });
exports.work(pool, thread);
