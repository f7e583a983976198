import * as tf from '@tensorflow/tfjs';
import type { Backbone, PositionOffset, Semantics } from '../backbone/backbone.ts';
import { type ConfigInput, type ConfigSchema, parseConfig } from '../contract/config-schema.ts';
import { createTuner } from '../contract/create-tuner.ts';
import type { Tuner, TuningMethod } from '../contract/method.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import type { Task } from '../task/task.ts';
import { headFor } from './head-for.ts';
import { TunedModel } from './tuned-model.ts';

export interface CreateModelOptions<
  Row,
  Prediction,
  Name extends string,
  Schema extends ConfigSchema,
> {
  readonly backbone: Backbone;
  readonly method: TuningMethod<Name, Schema>;
  /** The method's own settings; its defaults where absent. */
  readonly config?: ConfigInput<Schema>;
  readonly task: Task<Row, Prediction>;
  /** Decides every random draw of the initial values. Equal seeds give equal models. */
  readonly seed?: number;
  /** Positions of real tokens behind a prefix. `shift` if absent. */
  readonly positionOffset?: PositionOffset;
  /**
   * `peft` classifies from the first virtual token, as PEFT does, so that PEFT gives the same logits
   * with the saved prompt. `ptl` if absent.
   */
  readonly semantics?: Semantics;
}

/**
 * Puts a method's prompt and a task's head on a frozen backbone, ready to be trained.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` or `METHOD_INCOMPATIBLE`.
 */
export function createModel<Row, Prediction, Name extends string, Schema extends ConfigSchema>(
  options: CreateModelOptions<Row, Prediction, Name, Schema>,
): TunedModel<Row, Prediction> {
  const { backbone, method, task, seed = 0, positionOffset = 'shift', semantics = 'ptl' } = options;
  // Every method can be had with its defaults; the schema has the last word on that.
  const config = (options.config ?? {}) as ConfigInput<Schema>;
  const tuner = createTuner(method, config, { backbone, task, seed: deriveSeed(seed, 'tuner') });
  const headVariables = new VariableStore('head', deriveSeed(seed, 'head'));
  const head = task.createHead({
    backbone: backbone.geometry,
    head: headFor(backbone, task.kind),
    variables: headVariables,
  });
  return new TunedModel({
    backbone,
    task,
    tuner,
    head,
    headVariables,
    unfrozen: unfreeze(backbone, tuner),
    positionOffset,
    semantics,
    origin: {
      method: method.name,
      config: parseConfig(method.name, method.configSchema, config),
      seed,
    },
  });
}

/** Trained copies of the weights a tuner names; the backbone's own stay as they are. */
function unfreeze(backbone: Backbone, tuner: Tuner): VariableStore {
  const store = new VariableStore('backbone', 0);
  for (const name of tuner.unfrozen ?? []) {
    store.create(name, () => tf.clone(backbone.weight(name)));
  }
  return store;
}
