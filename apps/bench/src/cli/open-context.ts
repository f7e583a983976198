import { loadBackbone, type Precision } from '@ptl/core';
import { type EngineName, useEngine } from '@ptl/node';
import type { BenchContext } from '../runner/bench-context.ts';
import { interruptSignal } from './interrupt-signal.ts';
import type { Terminal } from './terminal.ts';

export interface ContextOptions {
  readonly engine?: EngineName;
  readonly backbone: string;
  readonly precision: Precision;
}

/** Gets the engine and the backbone, and hears Ctrl-C from then on. */
export async function openContext(
  { engine: name, backbone: source, precision }: ContextOptions,
  terminal: Terminal,
): Promise<BenchContext & Disposable> {
  const onMessage = (line: string) => terminal.error(`${line}\n`);
  const engine = await useEngine({ ...(name ? { engine: name } : {}), onMessage });
  const backbone = await loadBackbone(source, { precision });
  const interrupt = interruptSignal(() =>
    terminal.error('\nStopping after this step. Ctrl-C again stops at once.\n'),
  );
  return {
    engine,
    backbone,
    signal: interrupt.signal,
    [Symbol.dispose]: () => {
      interrupt[Symbol.dispose]();
      backbone[Symbol.dispose]();
    },
  };
}
