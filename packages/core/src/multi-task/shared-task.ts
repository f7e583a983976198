import type { TaskInfo } from '../contract/method.ts';
import type { TaskMap } from './multi-task-row.ts';

/**
 * What a prompt that several tasks share may know of them: the labels of all, each once, and that
 * words are read if all read words. It is told a kind, which must not matter.
 */
export function sharedTask(tasks: TaskMap, kind: TaskInfo['kind']): TaskInfo {
  const all = Object.values(tasks);
  const readsWords = all.every(({ readout }) => readout === 'vocabulary');
  return {
    kind,
    labels: [...new Set(all.flatMap(({ labels }) => labels))],
    ...(readsWords ? { readout: 'vocabulary' as const } : {}),
  };
}

/** The kinds of some tasks, each once. */
export function kindsOf(tasks: TaskMap): TaskInfo['kind'][] {
  return [...new Set(Object.values(tasks).map(({ kind }) => kind))];
}
