import type { Relation } from '../statistics/judge.ts';

/** Better by a point or more. */
export const clearly: Relation = { kind: 'beats', by: 0.01 };
/** Not two points worse. */
export const noWorse: Relation = { kind: 'no-worse', by: 0.02 };
/** Less than two points apart. */
export const onPar: Relation = { kind: 'equals', by: 0.02 };
