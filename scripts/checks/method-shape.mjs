// Every method package has the same four source files, so that who has read one finds the way in all of them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workspacePackages } from '../workspace/packages.mjs';
import { reportProblems } from '../workspace/report-problems.mjs';
import { root } from '../workspace/root.mjs';

const keyword = 'ptl-method';
const shape = [/^config\.ts$/, /^[a-z0-9-]+-encoder\.ts$/, /^index\.ts$/, /^method\.ts$/];

reportProblems(
  workspacePackages()
    .filter(({ manifest }) => manifest.keywords?.includes(keyword))
    .flatMap(({ directory }) => findDepartures(`${directory}/src`)),
);

function findDepartures(directory) {
  const files = readSources(directory);
  const missing = shape.filter((pattern) => !files.some((file) => pattern.test(file)));
  const surplus = files.filter((file) => !shape.some((pattern) => pattern.test(file)));
  const twice = files.filter((file) => /-encoder\.ts$/.test(file)).slice(1);
  return [
    ...missing.map((pattern) => `${directory}: no file matches ${pattern.source}`),
    ...surplus.map((file) => `${directory}/${file}: not one of the four files of a method`),
    ...twice.map((file) => `${directory}/${file}: a second encoder`),
  ];
}

function readSources(directory) {
  try {
    return readdirSync(join(root, directory)).filter((file) => !/\.test(-d)?\.ts$/.test(file));
  } catch {
    return [];
  }
}
