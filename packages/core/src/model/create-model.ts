import type { Backbone, PositionOffset, Semantics } from '../backbone/backbone.ts';
import type { ConfigInput, ConfigSchema } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { TuningMethod } from '../contract/method.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import type { Task } from '../task/task.ts';
import { createHead } from './create-head.ts';
import { createPrompt, unfreeze } from './create-prompt.ts';
import { requirePeftRules } from './require-peft-rules.ts';
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
  /**
   * Whether a training step keeps the input of each layer alone, and computes what is inside of it once
   * more for the gradients: for long rows that do not fit into memory. It changes no result. Encoders
   * and decoders with a frozen backbone have it. False if absent.
   */
  readonly activationCheckpointing?: boolean;
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
  requirePeftRules('createModel', semantics, task.kind);
  const { tuner, origin } = createPrompt(options, task, seed);
  const headVariables = new VariableStore('head', deriveSeed(seed, 'head'));
  try {
    const head = createHead(backbone, task, tuner.layout, headVariables);
    if (options.head === 'checkpoint') startFromCheckpoint(backbone, task, headVariables);
    const unfrozen = unfreeze(backbone, tuner);
    const rules = { positionOffset, semantics };
    const { activationCheckpointing = false } = options;
    if (activationCheckpointing) requireCheckpointing(backbone, unfrozen);
    return new TunedModel({
      backbone,
      task,
      tuner,
      head,
      headVariables,
      unfrozen,
      ...rules,
      origin,
      activationCheckpointing,
    });
  } catch (error) {
    tuner[Symbol.dispose]();
    headVariables[Symbol.dispose]();
    throw error;
  }
}

function requireCheckpointing({ geometry }: Backbone, unfrozen: VariableStore): void {
  const { architecture } = geometry;
  const isTrained = unfrozen.variables.size > 0;
  if (architecture !== 'encoder-decoder' && !isTrained) return;
  const who = isTrained ? 'A model that trains weights of the backbone' : 'An encoder-decoder';
  unfrozen[Symbol.dispose]();
  const message = `${who} cannot be trained with it; leave it out.`;
  throw invalidOption('createModel', 'activationCheckpointing', message);
}
