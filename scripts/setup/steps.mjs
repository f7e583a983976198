import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../workspace/list-files.mjs';
import { workspacePackages } from '../workspace/packages.mjs';
import { root } from '../workspace/root.mjs';

const vendorScript = 'packages/node/scripts/vendor.mjs';
const engineCommand = 'packages/node/dist/cli.js';

/**
 * What setting up consists of, in order, up to the step of the given name. `files` and `facts` are what a step depends
 * on: as long as their hash is the one stamped at its last success, and each of `outputs` is still there, the step is
 * skipped. When an `optional` step fails, setting up goes on; one that `tellsResult` has its last line shown.
 */
export function setupSteps(lastStep) {
  const packages = workspacePackages();
  const steps = [install(packages), vendor(), build(packages), engine()];
  const end = steps.findIndex(({ name }) => name === lastStep) + 1;
  return steps.slice(0, end).filter(({ script }) => !script || existsSync(join(root, script)));
}

function install(packages) {
  return {
    name: 'install',
    label: 'Install dependencies',
    files: [
      'pnpm-lock.yaml',
      ...listFiles(['.npmrc', 'pnpm-workspace.yaml']),
      'package.json',
      ...packages.map(({ directory }) => join(directory, 'package.json')),
    ],
    facts: [process.platform, process.arch],
    outputs: [
      'node_modules/.modules.yaml',
      ...packages.filter(hasDependencies).map(({ directory }) => join(directory, 'node_modules')),
    ],
    command: ['pnpm', ['install', '--frozen-lockfile', '--config.confirm-modules-purge=false']],
  };
}

function vendor() {
  return {
    name: 'vendor',
    label: 'Copy the TensorFlow binding',
    script: vendorScript,
    files: [
      'pnpm-lock.yaml',
      ...listFiles(['packages/node/package.json', 'packages/node/scripts']),
    ],
    facts: [],
    outputs: ['packages/node/vendor'],
    command: [process.execPath, [vendorScript]],
  };
}

function build(packages) {
  const built = packages.filter(({ manifest }) => manifest.scripts?.build);
  return {
    name: 'build',
    label: 'Build packages',
    files: [
      'pnpm-lock.yaml',
      'tsconfig.base.json',
      'turbo.json',
      ...listFiles(built.map(({ directory }) => directory)).filter(isBuildInput),
    ],
    facts: [],
    outputs: built.map(({ directory }) => join(directory, 'dist')),
    command: [
      'turbo',
      ['run', 'build', '--concurrency=100%', '--ui=stream', '--output-logs=errors-only'],
    ],
  };
}

function engine() {
  return {
    name: 'engine',
    label: 'Install the engine',
    files: listFiles(['packages/node']).filter(isBuildInput),
    // The engine lives in the user's cache folder, outside of the repository.
    facts: [process.env.PTL_CACHE, process.env.XDG_CACHE_HOME, process.env.HOME],
    outputs: [engineCommand],
    command: [process.execPath, [engineCommand, 'install']],
    // Without it PTL runs on WebAssembly, and the next call tries again.
    optional: true,
    tellsResult: true,
  };
}

/** Tests, fixtures and prose change no build. */
function isBuildInput(file) {
  return !/\.test(-d)?\.ts$|\.md$|\/(fixtures|experiments|results|data)\//.test(file);
}

function hasDependencies({ manifest }) {
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length > 0;
}
