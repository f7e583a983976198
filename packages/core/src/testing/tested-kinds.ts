import type { TaskKind, TuningMethod } from '../contract/method.ts';
import { canBeTested } from './contract-backbone.ts';

/** What decides of a method's kinds of task which are tested. */
interface TestedKindsOptions {
  readonly parameterCount: number | Readonly<Partial<Record<TaskKind, number>>>;
  readonly tasks?: readonly TaskKind[];
}

/**
 * The kinds of task that the contract suite tests a method for: those that it is told, or else all
 * that the method serves and that a parameter count is given for.
 *
 * @throws TypeError if none is left.
 */
export function testedKinds(
  method: Pick<TuningMethod, 'name' | 'architectures' | 'tasks'>,
  { parameterCount, tasks }: TestedKindsOptions,
): readonly TaskKind[] {
  if (tasks) return tasks;
  const isCounted = (kind: TaskKind) =>
    typeof parameterCount === 'number' || parameterCount[kind] !== undefined;
  const kinds = method.tasks.filter((kind) => isCounted(kind) && canBeTested(method, kind));
  if (kinds.length === 0) throw new TypeError(`No kind of task is left to test "${method.name}".`);
  return kinds;
}
