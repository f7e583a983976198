import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { InstalledEngine } from '../install/installed-engine.ts';
import type { TfjsBinding } from './tfjs-binding.ts';

const require = createRequire(import.meta.url);

/**
 * Loads the addon and with it TensorFlow, keeping its first log lines off the terminal. They are shown if the
 * environment sets `TF_CPP_MIN_LOG_LEVEL`.
 */
export function loadBinding(engine: InstalledEngine, threads = defaultThreads()): TfjsBinding {
  // TensorFlow reads these once, while it is loaded.
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  if (process.env['TF_CPP_MIN_LOG_LEVEL'] !== undefined) return loadAddon(engine);
  process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
  const { mute, unmute }: { mute(): void; unmute(): void } = require(engine.mute);
  mute();
  try {
    return loadAddon(engine);
  } finally {
    unmute();
    delete process.env['TF_CPP_MIN_LOG_LEVEL'];
  }
}

/** Threads an engine computes one operation with: as many as this process may use, unless the environment says. */
export function defaultThreads(env: NodeJS.ProcessEnv = process.env): number {
  const given = Number(env['TF_NUM_INTRAOP_THREADS']);
  return Number.isInteger(given) && given > 0 ? given : availableParallelism();
}

function loadAddon(engine: InstalledEngine): TfjsBinding {
  const binding: TfjsBinding = require(engine.addon);
  // The device is opened here, with more lines in the log.
  binding.isUsingGpuDevice();
  return binding;
}
