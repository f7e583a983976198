// Every error code has a heading in docs/errors.md, and every heading there is a code.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../workspace/list-files.mjs';
import { workspacePackages } from '../workspace/packages.mjs';
import { reportProblems } from '../workspace/report-problems.mjs';
import { root } from '../workspace/root.mjs';

const page = 'docs/errors.md';
const codeTable = /^( *)(?:export )?interface PtlErrorDetails \{\n(.*?)^\1\}/ms;

const sources = listFiles(workspacePackages().map(({ directory }) => join(directory, 'src')));
const codes = new Set(sources.filter((file) => /\.ts$/.test(file)).flatMap(readCodes));
const headings = new Set(readHeadings());
reportProblems([
  ...[...codes].filter((code) => !headings.has(code)).map((code) => `${page}: no "## ${code}"`),
  ...[...headings].filter((code) => !codes.has(code)).map((code) => `${page}: no code ${code}`),
]);

/** Codes are keys of `PtlErrorDetails`, in core or wherever declaration merging adds to it. */
function readCodes(file) {
  const table = codeTable.exec(readFileSync(join(root, file), 'utf8'));
  return [...(table?.[2] ?? '').matchAll(/^\s+([A-Z][A-Z0-9_]*):/gm)].map((match) => match[1]);
}

function readHeadings() {
  if (!existsSync(join(root, page))) return [];
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^#+ `?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`?$/gm)].map((match) => match[1]);
}
