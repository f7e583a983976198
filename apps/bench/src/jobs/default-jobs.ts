import { totalmem } from 'node:os';
import type { EngineReport } from '@ptl/node';

/** Of memory that a job may want: a backbone, its activations, and Node. */
const bytesPerJob = 3 * 1024 ** 3;
const most = 4;

/**
 * So many jobs as there are threads, each with one: small models are trained faster so than one
 * after the other with all threads. One job on a GPU, and fewer where memory is short.
 */
export function defaultJobs(
  { device, threads }: Pick<EngineReport, 'device' | 'threads'>,
  memory = totalmem(),
): number {
  if (device === 'gpu') return 1;
  return Math.max(1, Math.min(most, threads, Math.floor(memory / bytesPerJob)));
}
