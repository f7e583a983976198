import type { Backbone, PositionOffset, Semantics } from '../backbone/backbone.ts';
import type { Tuner } from '../contract/method.ts';
import type { VariableStore } from '../contract/variable-store.ts';
import type { Task, TaskHead } from '../task/task.ts';

/** Where a model's prompt came from. */
export interface PromptOrigin {
  readonly method: string;
  /** The validated config, with its defaults filled in. */
  readonly config: unknown;
  readonly seed: number;
  /** Of the model whose trained prompt it started as; absent where it started anew. */
  readonly startedFrom?: PromptOrigin;
}

/** What a tuned model is put together from; the model takes over all but the backbone. */
export interface ModelParts<Row, Prediction> {
  readonly backbone: Backbone;
  readonly task: Task<Row, Prediction>;
  readonly tuner: Tuner;
  readonly head: TaskHead;
  readonly headVariables: VariableStore;
  /** Trained copies of the backbone weights that the tuner unfreezes. */
  readonly unfrozen: VariableStore;
  readonly positionOffset: PositionOffset;
  readonly semantics: Semantics;
  readonly origin: PromptOrigin;
  /** Whether training keeps the input of each layer alone. False if absent. */
  readonly activationCheckpointing?: boolean;
  /** What was found, and left aside, when it was loaded. */
  readonly warnings?: readonly string[];
}
