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
  /**
   * False in evaluation, where the prompt must depend on nothing but the variables, and has no batch
   * axis: it is asked for once and serves batches of any size.
   */
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
 * Ownership: the tensors of a prompt belong to the tidy that it was built in. A tuner may put its
 * own variables into it, which stay the tuner's: core disposes no tensor of a prompt, and copies what
 * it keeps. The tuner owns its variables until it is disposed.
 *
 * Everything but the prompt is read after {@link TuningMethod.createTuner}, and must not change.
 */
export interface Tuner extends Disposable {
  readonly variables: VariableStore;
  /** Where the slots of its virtual tokens go; `none` for prefixes and baselines. */
  readonly layout: PromptLayout;
  /** Slots that the layout leaves in each row, or positions of the longest layer's prefix. */
  readonly promptLength: number;
  /** Names of backbone weights to train along; for baselines. */
  readonly unfrozen?: readonly string[];
  /** Whether the backbone runs with its own dropout while training. False if absent. */
  readonly frozenDropout?: boolean;
  /**
   * Builds the prompt for a batch. Called inside `tf.tidy`: for each batch in training, recorded for
   * gradients, and once for all batches in evaluation. Which kind it is, and which layers have a
   * prefix, must not change.
   */
  prompt(request: PromptRequest): Prompt;
}

/** All kinds of task there are; a method that is for any of them names these. */
export const taskKinds = [
  'sequence-classification',
  'token-classification',
  'causal-language-modeling',
  'sequence-to-sequence',
  'question-answering',
  'multiple-choice',
] as const;

/** One of {@link taskKinds}, which a later release may have more of. */
export type TaskKind = (typeof taskKinds)[number];

/** What a method may know of the task. */
export interface TaskInfo {
  readonly kind: TaskKind;
  /** Empty for a task without classes. */
  readonly labels: readonly string[];
  /**
   * Given where something else is read than the kind's own head reads: the pretrained model's own
   * scores of words, or hidden states of words that are marked in the texts.
   */
  readonly readout?: 'vocabulary' | 'marked-words';
}

/** What a method is given to make a tuner of. */
export interface TunerContext<Config> {
  /** At run time a whole backbone; a method may rely on the members of {@link FrozenBackbone} only. */
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
  /** Version of the contract that the method keeps, see `docs/contract.md`. */
  readonly apiVersion: 1;
  /** Identifies the method in configs and reports. Kebab-case. */
  readonly name: Name;
  /** Validates synchronously. What it gives is stored with the model, as JSON. */
  readonly configSchema: Schema;
  /** Backbones that the method can tune. */
  readonly architectures: readonly BackboneArchitecture[];
  readonly tasks: readonly TaskKind[];
  /**
   * Called once for each model, with a valid config, a backbone and a task that the method serves;
   * outside of any tidy. If it throws, the variables created so far are disposed.
   */
  createTuner(context: TunerContext<ConfigOutput<Schema>>): Tuner;
}

/**
 * Makes a method of version 1 of the contract, with its literal types kept. It stays so: another
 * version comes with a function of another name.
 */
export function defineMethod<const Name extends string, Schema extends ConfigSchema>(
  method: Omit<TuningMethod<Name, Schema>, 'apiVersion'>,
): TuningMethod<Name, Schema> {
  return Object.freeze({ apiVersion: 1, ...method });
}
