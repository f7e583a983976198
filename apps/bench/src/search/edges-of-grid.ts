import type { Setting } from './grid.ts';

/**
 * Says of each number of a setting whether it is the least or the largest that was tried, where there
 * were several: a better one may lie beyond.
 */
export function edgesOfGrid(chosen: Setting, tried: readonly Setting[]): string[] {
  const sections = ['method', 'training'] as const;
  return sections.flatMap((section) =>
    Object.entries(chosen[section]).flatMap(([field, value]) => {
      const values = tried.map((setting) => setting[section][field]);
      const edge = edgeOf(value, values.filter(isNumber));
      return edge === null ? [] : [`${field} ${String(value)} is the ${edge} that was tried`];
    }),
  );
}

function edgeOf(value: unknown, values: readonly number[]): 'smallest' | 'largest' | null {
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  if (smallest === largest) return null;
  if (value === smallest) return 'smallest';
  return value === largest ? 'largest' : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
