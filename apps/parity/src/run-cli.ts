import { fileURLToPath } from 'node:url';
import { isPtlError } from '@ptl/core';
import { type EngineName, engineNames } from '@ptl/node';
import { Command, CommanderError, Option } from 'commander';
import { parityCommand } from './parity-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const failed = 1;
const wrongCall = 2;

/** The page that the command writes; the same from `src` and from `dist`. */
const page = fileURLToPath(new URL('../../../docs/parity.md', import.meta.url));

interface Options {
  readonly python: string;
  readonly out: string;
  readonly engine?: EngineName;
}

/**
 * Compares PTL with PEFT and returns the exit code: 0 if all cases agree, 1 if one does not, 2 for a
 * wrong call or a {@link PtlError}, whose message is shown without a stack.
 */
export async function runCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  let code = 0;
  const program = new Command('parity')
    .description('Compares PTL with PEFT: adapters made by one, read by the other, logit by logit.')
    .requiredOption('--python <path>', 'a Python with torch, transformers, tokenizers and peft')
    .option('--out <file>', 'where the table goes', page)
    .addOption(new Option('--engine <name>', 'what PTL runs on').choices(engineNames))
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .action(async ({ python, out, engine }: Options) => {
      const agrees = await parityCommand({ python, out, engine: engine ?? null }, terminal);
      code = agrees ? 0 : failed;
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has written its message by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongCall;
    if (!isPtlError(error)) throw error;
    terminal.error(`${error.message}\n`);
    return wrongCall;
  }
}
