import type { Tensor } from '@tensorflow/tfjs';
import type { ConfigOutput, ConfigSchema } from './config-schema.ts';
import type { BackboneArchitecture, FrozenBackbone } from './frozen-backbone.ts';
import type { PromptLayout } from './layout.ts';
import type { Prompt } from './prompt.ts';
import type { VariableStore } from './variable-store.ts';

/** Zeroes a share `rate` of a tensor and scales the rest by `1 / (1 - rate)`; `name` seeds the draw. */
export type Dropout = <T extends Tensor>(tensor: T, rate: number, name: string) => T;

/** What a tuner is told when it is asked for a prompt. */
export interface PromptRequest {
  /** Rows of the batch. A prompt that is the same for all rows needs no batch axis. */
  readonly batchSize: number;
  /** False in evaluation, where the prompt must depend on nothing but the variables. */
  readonly training: boolean;
  /** Does nothing in evaluation. */
  readonly dropout: Dropout;
}

/**
 * The trainable half of a tuned model.
 *
 * Folding needs nothing of its own: the prompt that {@link Tuner.prompt} gives in evaluation is the
 * folded one, and a saved model holds it instead of the variables.
 *
 * Ownership: the caller owns the prompt a tuner returns; the tuner owns its variables until it is
 * disposed.
 */
export interface Tuner extends Disposable {
  readonly variables: VariableStore;
  /** Where the slots of its virtual tokens go; `none` for prefixes and baselines. */
  readonly layout: PromptLayout;
  /** Number of virtual tokens, or of prefix positions per layer. */
  readonly promptLength: number;
  /** Names of backbone weights to train along; for baselines. */
  readonly unfrozen?: readonly string[];
  /** Whether the backbone runs with its own dropout while training. False if absent. */
  readonly frozenDropout?: boolean;
  /** Builds the prompt for a batch. Called inside `tf.tidy`, and recorded for gradients. */
  prompt(request: PromptRequest): Prompt;
}

/** All kinds of task there are; a method that is for any of them names these. */
export const taskKinds = [
  'sequence-classification',
  'token-classification',
  'causal-language-modeling',
  'sequence-to-sequence',
  'question-answering',
] as const;

export type TaskKind = (typeof taskKinds)[number];

/** What a method may know of the task. */
export interface TaskInfo {
  readonly kind: TaskKind;
  /** Empty for a task without classes. */
  readonly labels: readonly string[];
  /** Given where the pretrained model's own scores of words are read, and not a head of the task. */
  readonly readout?: 'vocabulary';
}

export interface TunerContext<Config> {
  readonly backbone: FrozenBackbone;
  readonly task: TaskInfo;
  readonly config: Config;
  /** Empty; the tuner creates its variables here and takes them over. */
  readonly variables: VariableStore;
}

/** A prompt-learning method: what a plugin package exports. */
export interface TuningMethod<
  Name extends string = string,
  Schema extends ConfigSchema = ConfigSchema,
> {
  /** Version of this contract. */
  readonly apiVersion: 1;
  /** Identifies the method in configs and reports. Kebab-case. */
  readonly name: Name;
  readonly configSchema: Schema;
  readonly architectures: readonly BackboneArchitecture[];
  readonly tasks: readonly TaskKind[];
  createTuner(context: TunerContext<ConfigOutput<Schema>>): Tuner;
}

/** Checks a method against the contract and keeps its literal types. */
export function defineMethod<const Name extends string, Schema extends ConfigSchema>(
  method: Omit<TuningMethod<Name, Schema>, 'apiVersion'>,
): TuningMethod<Name, Schema> {
  return Object.freeze({ apiVersion: 1, ...method });
}
