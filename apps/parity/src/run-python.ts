import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PtlError } from '@ptl/core';
import '@ptl/node';

/** The same from `src` and from `dist`. */
const scripts = new URL('../python/', import.meta.url);

export interface PythonCall {
  readonly script: 'parity.py' | 'training.py';
  readonly command: 'make' | 'train' | 'read';
  readonly folder: string;
  /** Gets each line that it prints. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs PEFT's side of the comparison.
 *
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` if Python cannot be started or fails, with the last
 *   line it printed.
 */
export async function runPython(
  python: string,
  { script, command, folder, onLine }: PythonCall,
): Promise<void> {
  try {
    // No bytecode beside the scripts.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const path = fileURLToPath(new URL(script, scripts));
    const running = promisify(execFile)(python, [path, command, folder], { env });
    const { stdout } = running.child;
    if (stdout && onLine) createInterface(stdout).on('line', onLine);
    await running;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string }; // As execFile makes them.
    const reason = (stderr || message).trim().split('\n').at(-1) ?? '';
    const text = `PEFT cannot be run with "${python}": ${reason}.`;
    throw new PtlError('ENGINE_UNAVAILABLE', text, { engine: 'peft', reason }, { cause: error });
  }
}
