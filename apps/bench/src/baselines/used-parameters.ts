import type { FrozenBackbone, TaskInfo } from '@ptl/core';

/**
 * Names of the backbone weights that a task's result depends on: all of them, less the pooler
 * where each token has a label of its own.
 */
export function usedParameters({ parameters }: FrozenBackbone, { kind }: TaskInfo): string[] {
  const names = parameters.map(({ name }) => name);
  if (kind === 'sequence-classification') return names;
  return names.filter((name) => !name.startsWith('pooler.'));
}
