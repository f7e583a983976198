import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@ptl/bench/package.json');

/** The bench's own folder, from its sources and from its build alike. */
const benchFolder = dirname(manifest);

/** Where hyper-parameters live. */
export const experimentsFolder = join(benchFolder, 'experiments');
/** Where results go unless another folder is named. */
export const defaultRunsFolder = join(benchFolder, 'runs');
/** Scripts for comparisons with other libraries. */
export const pythonFolder = join(benchFolder, 'python');
