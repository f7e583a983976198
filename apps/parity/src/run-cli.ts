import { fileURLToPath } from 'node:url';
import { isPtlError } from '@ptl/core';
import { type EngineName, engineNames } from '@ptl/node';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parityCommand } from './parity-command.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { trainCommand } from './training/train-command.ts';

const failed = 1;
const wrongCall = 2;

/** Where the pages go that the commands write; the same from `src` and from `dist`. */
const docs = new URL('../../../docs/', import.meta.url);

interface Options {
  readonly python: string;
  readonly out: string;
  readonly engine?: EngineName;
}

/**
 * Compares PTL with PEFT and returns the exit code: 0 if all cases agree, 1 if one does not, 2 for a
 * wrong call or a {@link PtlError}, whose message is shown without a stack. Without a command's name
 * it compares logits.
 */
export async function runCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  let code = 0;
  const program = new Command('parity')
    .description('Compares PTL with PEFT: adapters made by one, read by the other.')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride();
  const logits = program
    .command('logits', { isDefault: true })
    .description(
      'the default: compares random adapters of each family, task and method, logit by logit',
    );
  addOptions(logits, 'parity.md').action(async (options: Options) => {
    const agrees = await parityCommand({ ...options, engine: options.engine ?? null }, terminal);
    code = agrees ? 0 : failed;
  });
  const train = program
    .command('train')
    .description(
      'trains adapters on real data in either library and compares predictions and scores in both',
    );
  addOptions(train, 'training-parity.md')
    .option('--steps <count>', 'optimizer steps of each training', parseSteps, 300)
    .action(async (options: Options & { readonly steps: number }) => {
      const agrees = await trainCommand({ ...options, engine: options.engine ?? null }, terminal);
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

function addOptions(command: Command, page: string): Command {
  return command
    .requiredOption('--python <path>', 'a Python with torch, transformers, tokenizers and peft')
    .option('--out <file>', 'where the table goes', fileURLToPath(new URL(page, docs)))
    .addOption(new Option('--engine <name>', 'what PTL runs on').choices(engineNames));
}

function parseSteps(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1 to 999999.');
}
