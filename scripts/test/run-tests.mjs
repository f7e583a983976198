import { setUp } from '../setup/setup.mjs';
import { endChildrenOnInterrupt } from '../terminal/run-child.mjs';
import { lintGates, packageGates, typeGates } from './gates.mjs';
import { help, parseOptions } from './options.mjs';
import { runGates } from './run-gates.mjs';
import { runUnitTests } from './run-unit-tests.mjs';
import { printSummary, sumCounts } from './summary.mjs';

/** Up to which step of setting up each section needs the workspace. */
const needs = { lint: 'install', types: 'vendor', packages: 'build', unit: 'engine' };

const runners = {
  lint: (env) => runGates(lintGates(), env),
  types: (env) => runGates(typeGates(), env),
  unit: runUnitTests,
  packages: (env) => runGates(packageGates(), env),
};

/** `npm test`. Resolves to the exit code. */
export async function runTests(args) {
  const options = readOptions(args);
  if (typeof options === 'number') return options;
  endChildrenOnInterrupt();
  const results = await setUpAndRun(options);
  printSummary(results);
  return sumCounts(results).failed > 0 ? 1 : 0;
}

function readOptions(args) {
  try {
    const options = parseOptions(args);
    if (!options.help) return options;
    process.stdout.write(help);
    return 0;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${help}`);
    return 2;
  }
}

async function setUpAndRun({ sections, filters }) {
  const lastStep = Object.entries(needs).findLast(([name]) => sections.includes(name))[1];
  const { env, failed } = await setUp(lastStep);
  const results = failed
    ? [{ section: 'setup', passed: 0, failed: 1, skipped: 0, names: [failed] }]
    : [];
  const possible = sections.filter((section) => canRun(section, failed));
  for (const section of possible) {
    const started = performance.now();
    process.stderr.write(`\n${section}\n`);
    const result = await runners[section](env, filters);
    results.push({ section, ...result, milliseconds: performance.now() - started });
  }
  return results;
}

/** Lint, types and unit tests read the sources, so a failed build need not hide what they have to say. */
function canRun(section, failedStep) {
  if (failedStep === 'pnpm' || failedStep === 'install') return false;
  return failedStep === undefined || section !== 'packages';
}
