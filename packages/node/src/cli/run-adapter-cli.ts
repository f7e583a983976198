import { Command } from 'commander';
import { runProgram } from './run-program.ts';
import { showAdapter } from './show-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs `ptl-adapter` and returns its exit code, as {@link runProgram} does. */
export function runAdapterCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  const command = new Command('ptl-adapter')
    .description('Saved adapters, of PTL or of PEFT.')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .helpCommand(false);
  command
    .command('show')
    .argument('<folder>', 'where the adapter was saved')
    .description('show method, sizes, base model and labels of an adapter, and who wrote it')
    .action((folder: string) => showAdapter(folder, terminal));
  return runProgram(command, args, terminal);
}
