import type { FrozenBackbone, TaskInfo } from '@ptl/core';

/**
 * Names of the backbone weights that a task's result depends on: all of them, less the heads that
 * the checkpoint has for other tasks.
 */
export function usedParameters(
  { parameters }: FrozenBackbone,
  { kind, readout }: TaskInfo,
): string[] {
  const used = readout ?? (kind === 'sequence-classification' ? 'pooler' : null);
  return parameters
    .filter(({ head }) => head === undefined || head === used)
    .map(({ name }) => name);
}
