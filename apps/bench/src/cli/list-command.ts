import { defaultMethods, methodNames } from '../bench-methods.ts';
import { builtInDataSets } from '../data/built-in-data-set.ts';
import { loadDataFolder } from '../data/load-data-folder.ts';
import { displayName } from '../report/display-name.ts';
import type { Terminal } from './terminal.ts';

/** Prints the names that `--tasks` and `--methods` take. */
export async function listCommand(terminal: Terminal, data?: string): Promise<void> {
  const tasks = data === undefined ? builtInDataSets : await namesIn(data);
  const methods = methodNames.map((name) => {
    const note = defaultMethods.includes(name) ? '' : ', only if named';
    return `${name.padEnd(18)}${displayName(name)}${note}`;
  });
  terminal.write(`Tasks:\n${indent(tasks)}\nMethods:\n${indent(methods)}`);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await loadDataFolder(folder)).map(({ name, kind }) => `${name.padEnd(18)}${kind}`);
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}
