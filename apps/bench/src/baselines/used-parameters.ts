import type { FrozenBackbone, TaskInfo, TaskKind } from '@ptl/core';

/** The tasks whose heads read the pooler where the checkpoint has one. */
const pooled: ReadonlySet<TaskKind> = new Set<TaskKind>([
  'sequence-classification',
  'multiple-choice',
]);

/**
 * Names of the backbone weights that a task's result depends on: all of them, less the heads that
 * the checkpoint has for other tasks.
 */
export function usedParameters(
  { parameters }: FrozenBackbone,
  { kind, readout }: TaskInfo,
): string[] {
  const used = readout ?? (pooled.has(kind) ? 'pooler' : null);
  return parameters
    .filter(({ head }) => head === undefined || head === used)
    .map(({ name }) => name);
}
