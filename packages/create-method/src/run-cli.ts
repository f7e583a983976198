import { basename, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type CreatedPackage, createMethodPackage } from './create-method-package.ts';
import { RequestError } from './request-error.ts';

export interface RunOptions {
  /** Where packages are made without `--out`; the working directory if absent. */
  readonly folder?: string;
  /** Called before the next steps are told. */
  onCreated?(created: CreatedPackage): void;
  write?(text: string): void;
  error?(text: string): void;
}

const usageError = 2;
const usage = `create-method NAME [--out FOLDER]

Makes a package for a prompt-learning method of PTL in FOLDER/NAME.

  NAME          the method's name in kebab-case, such as soft-prefix
  --out FOLDER  where its folder is made
`;

/** Runs the command line and returns its exit code: 0, or 2 for what cannot be made. */
export function runCli(
  args: readonly string[],
  {
    folder = '.',
    onCreated,
    write = (text) => void process.stdout.write(text),
    error = (text) => void process.stderr.write(text),
  }: RunOptions = {},
): number {
  try {
    const { name, out, help } = parseArguments(args);
    if (help) {
      write(usage);
      return 0;
    }
    const created = createMethodPackage({ name, folder: out ?? folder });
    onCreated?.(created);
    write(nextSteps(created));
    return 0;
  } catch (cause) {
    if (!(cause instanceof RequestError)) throw cause;
    error(`${cause.message}\n`);
    return usageError;
  }
}

interface Arguments {
  readonly name: string;
  readonly out: string | undefined;
  readonly help: boolean;
}

function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseOptions(args);
  const [name, ...others] = positionals;
  if (values.help) return { name: '', out: undefined, help: true };
  if (name === undefined || others.length > 0) {
    throw new RequestError(`One name was expected, got ${positionals.length}.\n\n${usage}`);
  }
  return { name, out: values.out, help: false };
}

function parseOptions(args: readonly string[]) {
  try {
    const options = { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    // Node's own messages name the option and what it wants.
    throw new RequestError(`${(cause as Error).message}\n\n${usage}`, { cause });
  }
}

function nextSteps({ folder, home }: CreatedPackage): string {
  const path = relative('.', folder) || '.';
  const steps =
    home === 'monorepo'
      ? ['pnpm install', `pnpm vitest ${path}`]
      : [`cd ${path}`, 'npm install', 'npm test'];
  return [
    `Made ${path}: a method that works. Next:`,
    '',
    ...steps.map((step) => `  ${step}`),
    '',
    `Your method goes into src/${basename(folder)}-encoder.ts; docs/contract.md of PTL says what it may rely on.`,
    '',
  ].join('\n');
}
