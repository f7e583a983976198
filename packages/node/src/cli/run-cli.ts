import { Command, Option } from 'commander';
import { type EngineVariant, engineVariants } from '../plan/engine-plan.ts';
import { install } from './install-command.ts';
import { remove } from './remove-command.ts';
import { runProgram } from './run-program.ts';
import { status } from './status-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs `ptl-engine` and returns its exit code, as {@link runProgram} does. */
export function runCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  return runProgram(program(terminal), args, terminal);
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
