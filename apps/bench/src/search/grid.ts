import type { Departures } from '../experiments/load-experiment.ts';

const sections = ['method', 'training'] as const;

/** Where a value that is tried belongs: a field of the method's config, or of the training. */
export interface GridPath {
  readonly section: (typeof sections)[number];
  readonly field: string;
}

/** The values of one field that are tried. */
export interface GridAxis extends GridPath {
  readonly values: readonly unknown[];
}

/** What is tried: each value of each axis with each of every other. */
export type Grid = readonly GridAxis[];

/** One choice of values. */
export type Setting = Departures;

/** All settings of a grid, the last axis changing fastest. */
export function settingsOf(grid: Grid): Setting[] {
  return grid.reduce<Setting[]>(
    (settings, { section, field, values }) =>
      settings.flatMap((setting) =>
        values.map((value) => ({
          ...setting,
          [section]: { ...setting[section], [field]: value },
        })),
      ),
    [{ method: {}, training: {} }],
  );
}

/** Reads `method.promptLength` or `training.learningRate`; null for anything else. */
export function parseGridPath(text: string): GridPath | null {
  const [first, field, ...rest] = text.split('.');
  const section = sections.find((known) => known === first);
  return section && field && rest.length === 0 ? { section, field } : null;
}

/** A grid with axes in place of those of the same fields, and behind the others. */
export function withAxes(grid: Grid, axes: Grid): Grid {
  const isSame = (left: GridPath, right: GridPath) =>
    left.section === right.section && left.field === right.field;
  const replaced = grid.map((axis) => axes.findLast((other) => isSame(axis, other)) ?? axis);
  const added = axes.filter(
    (axis, index) =>
      !grid.some((other) => isSame(axis, other)) &&
      !axes.slice(index + 1).some((later) => isSame(axis, later)),
  );
  return [...replaced, ...added];
}

/** A setting in a line: `promptLength 16, learningRate 0.03`. */
export function describeSetting({ method, training }: Setting): string {
  const fields = [...Object.entries(method), ...Object.entries(training)];
  const text = fields.map(([field, value]) => `${field} ${describeValue(value)}`);
  return text.length > 0 ? text.join(', ') : 'as the experiment has it';
}

function describeValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
