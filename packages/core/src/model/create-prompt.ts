import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import { type ConfigInput, type ConfigSchema, parseConfig } from '../contract/config-schema.ts';
import { createTuner } from '../contract/create-tuner.ts';
import type { TaskInfo, Tuner, TuningMethod } from '../contract/method.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { FoldedTuner } from './folded-tuner.ts';
import type { PromptOrigin } from './model-parts.ts';

/** A tuner with where it comes from; whoever is given one disposes of it. */
export interface OwnedPrompt {
  readonly tuner: Tuner;
  readonly origin: PromptOrigin;
}

/**
 * Creates a method's tuner on a backbone; one without a prompt where there is no method.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` or `METHOD_INCOMPATIBLE`.
 */
export function createPrompt<Name extends string, Schema extends ConfigSchema>(
  options: {
    readonly backbone: Backbone;
    readonly method?: TuningMethod<Name, Schema>;
    readonly config?: ConfigInput<Schema>;
  },
  task: TaskInfo,
  seed: number,
): OwnedPrompt {
  const { backbone, method, config } = options;
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

/** Trained copies of the weights a tuner names; the backbone's own stay as they are. */
export function unfreeze(backbone: Backbone, tuner: Tuner): VariableStore {
  const store = new VariableStore('backbone', 0);
  for (const name of tuner.unfrozen ?? []) {
    store.create(name, () => tf.clone(backbone.weight(name)));
  }
  return store;
}
