import { isPtlError } from '@ptl/core';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const failed = 1;
const wrongCall = 2;
const interrupted = 130;

/**
 * Runs the bench and returns its exit code: 0; 2 for a wrong call or a {@link PtlError}, whose
 * message is shown without a stack; 1 for any other error, with its stack; 130 after Ctrl-C.
 */
export async function runCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const { code, text } = explain(error);
    terminal.error(text);
    return code;
  }
}

interface Ending {
  readonly code: number;
  readonly text: string;
}

function explain(error: unknown): Ending {
  // Commander has written its message by itself, as the interrupted command has.
  if (error instanceof CommanderError) {
    return { code: error.exitCode === 0 ? 0 : wrongCall, text: '' };
  }
  if (isPtlError(error, 'ABORTED')) return { code: interrupted, text: '' };
  if (isPtlError(error)) return { code: wrongCall, text: `${error.message}\n` };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: failed, text: `${text}\n` };
}
