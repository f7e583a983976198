import { defaultBackbone } from '@ptl/core';
import { Command, Option } from 'commander';
import { runProgram } from './run-program.ts';
import { showAdapter } from './show-command.ts';
import { type SimilarityOptions, showSimilarity } from './similarity-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { showWords, type WordsOptions } from './words-command.ts';

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
  addWords(command, terminal);
  addSimilarity(command, terminal);
  return runProgram(command, args, terminal);
}

const backbone = ['--backbone <source>', 'what it was trained on', defaultBackbone] as const;

function addWords(command: Command, terminal: Terminal): void {
  command
    .command('words')
    .argument('<folder>', 'where the adapter was saved')
    .description('show the words of the vocabulary that are nearest to each virtual token')
    .option(...backbone)
    .option('--count <number>', 'words of each', Number, 5)
    .addOption(new Option('--metric <name>').choices(['cosine', 'euclidean']).default('cosine'))
    .option('--json', 'as JSON')
    .action((folder: string, options: WordsOptions) => showWords(folder, options, terminal));
}

function addSimilarity(command: Command, terminal: Terminal): void {
  command
    .command('similarity')
    .argument('<folders...>', 'where the adapters were saved')
    .description('show how alike the prompts of adapters are, by their cosines')
    .option(...backbone)
    .option('--json', 'as JSON')
    .action((folders: string[], options: SimilarityOptions) =>
      showSimilarity(folders, options, terminal),
    );
}
