// docs/contract.md lists what is the method contract and what is not: every name there is exported, and everything
// that core exports for methods is in one of its lists.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportProblems } from '../workspace/report-problems.mjs';
import { root } from '../workspace/root.mjs';

const page = 'docs/contract.md';
const core = 'packages/core/src';

const entry = readExports(`${core}/index.ts`);
const testing = readExports(`${core}/testing/index.ts`);
const exported = new Set([...entry, ...testing].map(({ name }) => name));
const forMethods = [...entry.filter(({ from }) => from.startsWith('./contract/')), ...testing];
const listed = [...readList('contract'), ...readList('pieces')];

reportProblems([
  ...listed.filter((name) => !exported.has(name)).map((name) => `${page}: ${name} is not exported`),
  ...forMethods
    .filter(({ name }) => !listed.includes(name))
    .map(({ name, from }) => `${page}: ${name} of ${from} is in neither list`),
  ...listed
    .filter((name, index) => listed.indexOf(name) < index)
    .map((name) => `${page}: ${name} is listed twice`),
]);

/** Names and modules of `export { a, type B } from './module.ts'`. */
function readExports(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(
    ([, names, from]) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter(Boolean)
        .map((name) => ({ name, from })),
  );
}

/** Names in backticks in the second column of a table between `<!-- LIST -->` and its end. */
function readList(list) {
  const text = readFileSync(join(root, page), 'utf8');
  const table = new RegExp(`<!-- ${list} -->\\n([^]*?)<!-- end of ${list} -->`).exec(text);
  const rows = table?.[1].split('\n') ?? [];
  return rows.flatMap((row) => {
    const names = row.split('|')[2] ?? '';
    return [...names.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  });
}
