import { PtlError } from '@ptl/core';
import { cacheFolder } from './cache/cache-folder.ts';
import { chosenEngine, type EngineName } from './engine-choice.ts';
import { installEngine } from './install/install-engine.ts';
import { describeFailure } from './install/install-failure.ts';
import { findInstalled, type InstalledEngine } from './install/installed-engine.ts';
import { progressLine } from './install/progress-line.ts';
import { loadTensorflow } from './load/load-tensorflow.ts';
import { type LoadedWasm, loadWasm } from './load/load-wasm.ts';
import { planEngine } from './plan/engine-plan.ts';
import { thisMachine } from './plan/machine.ts';

export interface UseEngineOptions {
  /** Engine to use, and no other. Default: `PTL_ENGINE`, else the fastest that can be had. */
  readonly engine?: EngineName;
  /** Hears the one line that says which engine it is and why. Default: it goes to stderr. */
  readonly onMessage?: (line: string) => void;
  /** Whether to install TensorFlow if it is missing: a download of about 280 MB. Default: `true`. */
  readonly install?: boolean;
  /** Threads the engine computes with. Default: as many as the process may use. Counts at the first call only. */
  readonly threads?: number;
}

/** The engine that TF.js now computes with. */
export interface EngineReport {
  readonly engine: EngineName;
  /** Of TensorFlow, or of TF.js's WebAssembly backend. */
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  readonly threads: number;
  /** Why it is not TensorFlow; absent if it is, or if WebAssembly was asked for. */
  readonly fallbackReason?: string;
  /** All of this in one line. */
  readonly message: string;
}

/**
 * Makes the fastest engine the backend of TF.js: native TensorFlow, installed if it is missing, else WebAssembly. To be
 * awaited once, before the first tensor is made.
 *
 * @throws {@link PtlError} `ENGINE_UNKNOWN` if no engine has the given name.
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` if TensorFlow was asked for by name and cannot be had.
 */
export async function useEngine(options: UseEngineOptions = {}): Promise<EngineReport> {
  const chosen = chosenEngine(options.engine, process.env);
  const say = options.onMessage ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const report = await loadChosen(chosen, options);
  say(report.message);
  return report;
}

async function loadChosen(
  chosen: EngineName | undefined,
  options: UseEngineOptions,
): Promise<EngineReport> {
  if (chosen === 'wasm') return reportWasm(await loadWasm(options.threads));
  try {
    return await loadFast(options);
  } catch (error) {
    const reason = describeFailure(error);
    if (chosen === undefined) return reportWasm(await loadWasm(options.threads), reason);
    throw new PtlError(
      'ENGINE_UNAVAILABLE',
      `The engine "tensorflow" was asked for and cannot be had: ${reason}.`,
      { engine: 'tensorflow', reason },
      { cause: error },
    );
  }
}

async function loadFast(options: UseEngineOptions): Promise<EngineReport> {
  const engine = (await findInstalled(cacheFolder())) ?? (await installMissing(options));
  const { version, device, threads } = await loadTensorflow(engine, options.threads);
  const message = `Engine: TensorFlow ${version} on ${device.toUpperCase()}, ${threads} threads.`;
  return { engine: 'tensorflow', version, device, threads, message };
}

async function installMissing(options: UseEngineOptions): Promise<InstalledEngine> {
  const plan = planEngine(thisMachine());
  if (options.install === false) {
    throw new Error('it is not installed; "ptl-engine install" installs it');
  }
  const line = progressLine(process.stderr, `Installing TensorFlow ${plan.version}`);
  try {
    return await installEngine(plan, { onProgress: line.show });
  } finally {
    line.clear();
  }
}

function reportWasm(loaded: LoadedWasm, fallbackReason?: string): EngineReport {
  const { version, threads, reason } = loaded;
  const why =
    fallbackReason === undefined
      ? 'as asked'
      : `TensorFlow, many times faster, cannot be had: ${fallbackReason}`;
  const computing = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const missing = reason === undefined ? '' : `, without PTL's kernels: ${reason}`;
  return {
    engine: 'wasm',
    version,
    device: 'cpu',
    threads,
    ...(fallbackReason === undefined ? {} : { fallbackReason }),
    message: `Engine: WebAssembly ${version}, ${computing}${missing} (${why}).`,
  };
}
