import { parseArgs } from 'node:util';

/** The sections of `npm test`, in the order they run. */
const sectionNames = ['lint', 'types', 'unit', 'packages'];

export const help = `Usage: npm test [-- [--only SECTIONS] [FILTER...]]

Sets up what is needed, then checks everything:
  lint      Biome and the checks in scripts/checks
  types     tsc in every package
  unit      all vitest projects, type tests among them
  packages  publint and attw on each packed package, knip, sherif

  --only lint,types,unit,packages   only these sections
  FILTER                            only unit tests whose path contains it; implies --only unit
  --help                            this text

The last line counts vitest tests and checks together: "N passed, N failed".
Exits 0 if all passed, 1 if something failed, 2 if it was called wrongly.
`;

/** Reads the command line into `{ help, sections, filters }`; throws with a message for the user. */
export function parseOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const wanted = values.only?.split(',') ?? (positionals.length > 0 ? ['unit'] : sectionNames);
  const unknown = wanted.filter((name) => !sectionNames.includes(name));
  if (unknown.length > 0) {
    throw new Error(`No section is called "${unknown[0]}". Known: ${sectionNames.join(', ')}.`);
  }
  return {
    help: values.help ?? false,
    sections: sectionNames.filter((name) => wanted.includes(name)),
    filters: positionals,
  };
}
