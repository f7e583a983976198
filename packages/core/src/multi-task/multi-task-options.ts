import type { ConfigInput, ConfigSchema } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { CreateModelOptions } from '../model/create-model.ts';
import type { TaskMap } from './multi-task-row.ts';

export interface CreateMultiTaskModelOptions<
  Tasks extends TaskMap = TaskMap,
  Name extends string = string,
  Schema extends ConfigSchema = ConfigSchema,
> extends Omit<CreateModelOptions<unknown, unknown, Name, Schema>, 'task' | 'head'> {
  /** By the names of their data sets, which are also those of their folders when they are saved. */
  readonly tasks: Tasks;
  /**
   * Gives each task a part of the prompt for itself, behind the part that all share: settings of the
   * method that differ from `config`, such as `{ promptLength: 4 }`. None if absent.
   */
  readonly taskPrompt?: Partial<ConfigInput<Schema>>;
  /** Factors of the tasks' losses. 1 where absent. */
  readonly lossWeights?: { readonly [Task in keyof Tasks]?: number };
}

/** Where messages about the options come from. */
export const subject = 'createMultiTaskModel';

/** A folder in a checkpoint has the name of each task; what resuming needs is in `training`. */
const namePattern = /^\w[\w.-]*$/;
const reserved = 'training';

/** @throws {@link PtlError} `CONFIG_INVALID` if there is no task, or one has a name that no folder can have. */
export function checkTaskNames(tasks: TaskMap): void {
  const names = Object.keys(tasks);
  if (names.length === 0) throw invalidOption(subject, 'tasks', 'There must be at least one task.');
  const wrong = names.find((name) => !namePattern.test(name) || name === reserved);
  if (wrong === undefined) return;
  const message = `Expected a name of letters, digits, ".", "_" and "-", and not "${reserved}".`;
  throw invalidOption(subject, `tasks.${wrong}`, message);
}

/** @throws {@link PtlError} `CONFIG_INVALID` if a weight is not positive or of no task. */
export function checkLossWeights(
  tasks: TaskMap,
  weights: Readonly<Record<string, number | undefined>>,
): void {
  for (const [name, weight = 1] of Object.entries(weights)) {
    const path = `lossWeights.${name}`;
    if (!Object.hasOwn(tasks, name)) {
      const known = Object.keys(tasks).join(', ');
      throw invalidOption(subject, path, `There is no such task. Tasks: ${known}.`);
    }
    if (Number.isFinite(weight) && weight > 0) continue;
    throw invalidOption(subject, path, `Expected a positive number, got ${weight}.`);
  }
}
