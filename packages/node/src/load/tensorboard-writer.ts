import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { tfjsNodeSources } from './tfjs-node-sources.ts';

/** Writes a log that TensorBoard reads. */
export interface TensorBoardWriter {
  /** Adds a value to the curve `name`. */
  scalar(name: string, value: number, step: number): void;
  /** Writes out what is buffered. */
  close(): void;
}

interface SummaryModule {
  summaryFileWriter(folder: string): {
    scalar(name: string, value: number, step: number): void;
    flush(): void;
  };
}

/** A writer for one folder; `undefined` unless the backend is TensorFlow, which does the writing. */
export function tensorBoardWriter(folder: string): TensorBoardWriter | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const require = createRequire(import.meta.url);
  const summary: SummaryModule = require(join(tfjsNodeSources(), 'dist', 'tensorboard.js'));
  const writer = summary.summaryFileWriter(folder);
  return {
    scalar: (name, value, step) => writer.scalar(name, value, step),
    close: () => writer.flush(),
  };
}
