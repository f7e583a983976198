import { VariableStore } from '../contract/variable-store.ts';
import type { TaskHead } from '../task/task.ts';
import { createHead } from './create-head.ts';
import type { ModelParts } from './model-parts.ts';

/** A head with the variables it is made of, which the holder disposes of. */
export interface OwnedHead {
  readonly head: TaskHead;
  readonly variables: VariableStore;
}

/** The head of a model with variables of its own, of the values that the model's have now. */
export function copyHead<Row, Prediction>({
  backbone,
  task,
  tuner,
  headVariables,
}: Pick<ModelParts<Row, Prediction>, 'backbone' | 'task' | 'tuner' | 'headVariables'>): OwnedHead {
  const variables = new VariableStore('head', 0);
  const head = createHead(backbone, task, tuner.layout, variables);
  for (const [name, variable] of headVariables.variables) {
    variables.variables.get(name)?.assign(variable);
  }
  return { head, variables };
}
