import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PtlError } from '@ptl/core';
import '@ptl/node';

/** The same from `src` and from `dist`. */
const script = fileURLToPath(new URL('../python/parity.py', import.meta.url));

/**
 * Runs PEFT's side of the comparison.
 *
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` if Python cannot be started or fails, with the last
 *   line it printed.
 */
export async function runPython(
  python: string,
  command: 'make' | 'read',
  folder: string,
): Promise<void> {
  try {
    // No bytecode beside the scripts.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    await promisify(execFile)(python, [script, command, folder], { env });
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string }; // As execFile makes them.
    const reason = (stderr || message).trim().split('\n').at(-1) ?? '';
    const text = `PEFT cannot be run with "${python}": ${reason}.`;
    throw new PtlError('ENGINE_UNAVAILABLE', text, { engine: 'peft', reason }, { cause: error });
  }
}
