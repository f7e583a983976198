// A file is named for the one thing it exports, and is short enough to read in one sitting.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listFiles } from '../workspace/list-files.mjs';
import { workspacePackages } from '../workspace/packages.mjs';
import { reportProblems } from '../workspace/report-problems.mjs';
import { root } from '../workspace/root.mjs';

const maxLines = 300;
const vagueNames = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc'];

const folders = workspacePackages().map(({ directory }) => directory);
reportProblems(
  listFiles([...folders, 'scripts'])
    .filter(isSource)
    .flatMap(findProblems),
);

function isSource(file) {
  return /\.(ts|mjs|cc|h)$/.test(file) && !file.includes('/fixtures/');
}

/** Whether a file only says what a package exports, and from where: a list, which nobody reads through. */
function isExportList(text) {
  return text.replaceAll(/^export (?:type )?\{[^}]*\} from '[^']+';$/gm, '').trim() === '';
}

function findProblems(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n').length - 1;
  const stem = basename(file).split('.')[0];
  return [
    lines > maxLines && !isExportList(text) && `${file}: ${lines} lines; the limit is ${maxLines}`,
    vagueNames.includes(stem) && `${file}: "${stem}" does not say what the file is for`,
  ].filter(Boolean);
}
