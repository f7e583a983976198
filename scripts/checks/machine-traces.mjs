// Nothing that is committed names a folder of one machine or the host of a package registry.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportProblems } from '../workspace/report-problems.mjs';
import { root } from '../workspace/root.mjs';

// Each pattern has a bracket in it, so that this file does not match itself.
const traces = [
  /[/]work[/]/,
  /[/]tmp[/][a-z]/i,
  /[/]root[/]/,
  /registry[.]npmjs/,
  /pypi[.]org[/]simple/,
  /files[.]pythonhosted/,
  /deb[.]debian/,
];
const exempt = ['pnpm-lock.yaml'];

reportProblems(trackedFiles().flatMap(findTraces));

function trackedFiles() {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((file) => file && !exempt.includes(file) && existsSync(join(root, file)));
}

function findTraces(file) {
  const text = readFileSync(join(root, file), 'latin1');
  if (text.includes('\0')) return [];
  return text.split('\n').flatMap((line, index) => {
    const trace = traces.find((pattern) => pattern.test(line));
    return trace ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [];
  });
}
