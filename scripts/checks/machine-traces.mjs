// Nothing that is committed names a folder of one machine or the host of a package registry.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../workspace/list-files.mjs';
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
  return listTracked().filter((file) => !exempt.includes(file) && existsSync(join(root, file)));
}

/** What git tracks or would add; every file in a copy without git. */
function listTracked() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.split('\0').filter(Boolean) : listFiles(['.']);
}

function findTraces(file) {
  const text = readFileSync(join(root, file), 'latin1');
  if (text.includes('\0')) return [];
  return text.split('\n').flatMap((line, index) => {
    const trace = traces.find((pattern) => pattern.test(line));
    return trace ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [];
  });
}
