import type { Backbone } from '../backbone/backbone.ts';
import type { PromptLayout } from '../contract/layout.ts';
import type { VariableStore } from '../contract/variable-store.ts';
import type { Task, TaskHead } from '../task/task.ts';
import { headFor } from './head-for.ts';

/**
 * Creates a task's head on a backbone, its variables in the store.
 *
 * @param layout - Of the prompt that stands in the rows.
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if the backbone cannot do the task.
 */
export function createHead<Row, Prediction>(
  backbone: Backbone,
  task: Task<Row, Prediction>,
  layout: PromptLayout,
  variables: VariableStore,
): TaskHead {
  const { geometry, tokenizer, vocabulary } = backbone;
  const head = headFor(backbone, task.kind);
  return task.createHead({ backbone: geometry, head, tokenizer, layout, vocabulary, variables });
}
