import type { ConfigSchema } from '../contract/config-schema.ts';
import { TaskAssembly } from './assemble-tasks.ts';
import { MultiTaskModel, type TaskMember } from './multi-task-model.ts';
import {
  type CreateMultiTaskModelOptions,
  checkLossWeights,
  checkTaskNames,
} from './multi-task-options.ts';
import type { TaskMap } from './multi-task-row.ts';

/**
 * Puts one prompt for several tasks, and a head for each, on a frozen backbone, ready to be trained
 * together and then each on its own.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`, also if the prompt would be another for another kind of
 *   task; `METHOD_INCOMPATIBLE`, or `BACKBONE_UNSUPPORTED` if the backbone cannot do a task.
 */
export function createMultiTaskModel<
  const Tasks extends TaskMap,
  Name extends string,
  Schema extends ConfigSchema,
>(options: CreateMultiTaskModelOptions<Tasks, Name, Schema>): MultiTaskModel<Tasks> {
  const { backbone, tasks } = options;
  checkTaskNames(tasks);
  checkLossWeights(tasks, options.lossWeights ?? {});
  const assembly = new TaskAssembly(options);
  const shared = assembly.shared();
  const members = new Map<string, TaskMember>();
  const createTaskModel = (name: string) => assembly.taskModel(name);
  const model = new MultiTaskModel<Tasks>({ backbone, shared, members, createTaskModel });
  try {
    for (const name of Object.keys(tasks)) members.set(name, assembly.member(name, shared));
    return model;
  } catch (error) {
    model[Symbol.dispose]();
    throw error;
  }
}
