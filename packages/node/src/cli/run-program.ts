import { isPtlError } from '@ptl/core';
import { type Command, CommanderError } from 'commander';
import type { Terminal } from './terminal.ts';

const usageError = 2;

/**
 * Runs a command line and returns its exit code: 0, or 2 for a wrong call or a {@link PtlError}, whose message is shown
 * without a stack.
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has written its message by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    if (!isPtlError(error)) throw error;
    terminal.error(`${error.message}\n`);
    return usageError;
  }
}
