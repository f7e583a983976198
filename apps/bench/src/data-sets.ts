export { builtInDataSet } from './data/built-in-data-set.ts';
export type { DataSet } from './data/data-set.ts';
export { taskOf } from './runner/task-of.ts';
