import { isPtlError } from '@ptl/core';
import { Command, CommanderError, Option } from 'commander';
import { type EngineVariant, engineVariants } from '../plan/engine-plan.ts';
import { install } from './install-command.ts';
import { remove } from './remove-command.ts';
import { status } from './status-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const usageError = 2;

/**
 * Runs `ptl-engine` and returns its exit code: 0, or 2 for a wrong call or a {@link PtlError}, whose message is shown
 * without a stack.
 */
export async function runCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    await program(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has written its message by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    if (!isPtlError(error)) throw error;
    terminal.error(`${error.message}\n`);
    return usageError;
  }
}

function program(terminal: Terminal): Command {
  const command = new Command('ptl-engine')
    .description('The TensorFlow engine of PTL, which is kept in the cache folder (PTL_CACHE).')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .helpCommand(false);
  command
    .command('status')
    .description('show version, path, size on disk, threads, and whether it uses a GPU')
    .action(() => status(terminal));
  command
    .command('install')
    .description('download TensorFlow, compile the addon and check it; does only what is missing')
    .addOption(
      new Option('--variant <variant>', 'which build of TensorFlow')
        .choices(engineVariants)
        .default('cpu'),
    )
    .action((options: { variant: EngineVariant }) => install(options.variant, terminal));
  command
    .command('remove')
    .description('delete all engines and downloads')
    .action(() => remove(terminal));
  return command;
}
