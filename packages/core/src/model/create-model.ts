import * as tf from '@tensorflow/tfjs';
import type { Backbone, PositionOffset, Semantics } from '../backbone/backbone.ts';
import { isPeftTask } from '../checkpoint/parse-peft-config.ts';
import { type ConfigInput, type ConfigSchema, parseConfig } from '../contract/config-schema.ts';
import { createTuner } from '../contract/create-tuner.ts';
import type { PtlError } from '../contract/errors.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { TaskKind, Tuner, TuningMethod } from '../contract/method.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import type { Task } from '../task/task.ts';
import { createHead } from './create-head.ts';
import { FoldedTuner } from './folded-tuner.ts';
import type { PromptOrigin } from './model-parts.ts';
import { startFromCheckpoint } from './start-from-checkpoint.ts';
import { TunedModel } from './tuned-model.ts';

export interface CreateModelOptions<
  Row,
  Prediction,
  Name extends string,
  Schema extends ConfigSchema,
> {
  readonly backbone: Backbone;
  /** No prompt if absent: the head alone is trained, or nothing where the task has none. */
  readonly method?: TuningMethod<Name, Schema>;
  /** The method's own settings; its defaults where absent. */
  readonly config?: ConfigInput<Schema>;
  readonly task: Task<Row, Prediction>;
  /**
   * `checkpoint` starts the head from the classifier of the backbone's checkpoint, whose labels must
   * be the task's; `new`, from random weights, is the default.
   */
  readonly head?: 'new' | 'checkpoint';
  /** Decides every random draw of the initial values. Equal seeds give equal models. */
  readonly seed?: number;
  /** Positions of real tokens behind a prefix. `shift` if absent. */
  readonly positionOffset?: PositionOffset;
  /**
   * `peft` classifies from the first virtual token, as PEFT does, so that PEFT gives the same logits
   * with the saved prompt. `ptl` if absent, and for tasks that PEFT has no rules for.
   */
  readonly semantics?: Semantics;
}

/**
 * Puts a method's prompt and a task's head on a frozen backbone, ready to be trained.
 *
 * @throws {@link PtlError} What {@link createTuner} throws, or `BACKBONE_UNSUPPORTED` if the backbone
 *   cannot do the task, or its checkpoint has no classifier for it to start from.
 */
export function createModel<Row, Prediction, Name extends string, Schema extends ConfigSchema>(
  options: CreateModelOptions<Row, Prediction, Name, Schema>,
): TunedModel<Row, Prediction> {
  const { backbone, task, seed = 0, positionOffset = 'shift', semantics = 'ptl' } = options;
  if (semantics === 'peft' && !isPeftTask(task.kind)) throw withoutRules(task.kind);
  const { tuner, origin } = promptOf(options, seed);
  const headVariables = new VariableStore('head', deriveSeed(seed, 'head'));
  try {
    const head = createHead(backbone, task, tuner.layout, headVariables);
    if (options.head === 'checkpoint') startFromCheckpoint(backbone, task, headVariables);
    const unfrozen = unfreeze(backbone, tuner);
    const rules = { positionOffset, semantics };
    return new TunedModel({
      backbone,
      task,
      tuner,
      head,
      headVariables,
      unfrozen,
      ...rules,
      origin,
    });
  } catch (error) {
    tuner[Symbol.dispose]();
    headVariables[Symbol.dispose]();
    throw error;
  }
}

function promptOf<Row, Prediction, Name extends string, Schema extends ConfigSchema>(
  { backbone, method, config, task }: CreateModelOptions<Row, Prediction, Name, Schema>,
  seed: number,
): { readonly tuner: Tuner; readonly origin: PromptOrigin } {
  if (!method) {
    const tuner = new FoldedTuner({ kind: 'none' }, { kind: 'none' }, 0);
    return { tuner, origin: { method: 'none', config: {}, seed } };
  }
  // Every method can be had with its defaults; the schema has the last word on that.
  const given = (config ?? {}) as ConfigInput<Schema>;
  const tuner = createTuner(method, given, { backbone, task, seed: deriveSeed(seed, 'tuner') });
  const parsed = parseConfig(method.name, method.configSchema, given);
  return { tuner, origin: { method: method.name, config: parsed, seed } };
}

function withoutRules(kind: TaskKind): PtlError {
  return invalidOption('createModel', 'semantics', `PEFT has no task type for ${kind}.`);
}

/** Trained copies of the weights a tuner names; the backbone's own stay as they are. */
function unfreeze(backbone: Backbone, tuner: Tuner): VariableStore {
  const store = new VariableStore('backbone', 0);
  for (const name of tuner.unfrozen ?? []) {
    store.create(name, () => tf.clone(backbone.weight(name)));
  }
  return store;
}
