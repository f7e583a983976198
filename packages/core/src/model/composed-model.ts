import * as tf from '@tensorflow/tfjs';
import { invalidOption } from '../contract/invalid-option.ts';
import type { PromptLayout } from '../contract/layout.ts';
import type { Prompt } from '../contract/prompt.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { copyHead } from './copy-head.ts';
import { FoldedTuner } from './folded-tuner.ts';
import type { ModelParts } from './model-parts.ts';
import { TunedModel } from './tuned-model.ts';

/** What a composed model does not take over from the first of its parts. */
export interface Composition {
  /** The model takes over its tensors. */
  readonly prompt: Prompt;
  readonly layout: PromptLayout;
  readonly promptLength: number;
  /** What goes for its method. */
  readonly method: string;
}

/** A model with task, rules, and copies of head and trained weights of `first`. */
export function composedModel<Row, Prediction>(
  first: ModelParts<Row, Prediction>,
  parts: readonly ModelParts<unknown, unknown>[],
  { prompt, layout, promptLength, method }: Composition,
): TunedModel<Row, Prediction> {
  const { backbone, task, positionOffset, semantics, origin } = first;
  const { head, variables } = copyHead(first);
  const unfrozen = new VariableStore('backbone', 0);
  for (const [name, value] of first.unfrozen.variables) {
    unfrozen.create(name, () => tf.clone(value));
  }
  const adapters = parts.map((part) => ({ ...part.origin }));
  return new TunedModel({
    backbone,
    task,
    tuner: new FoldedTuner(prompt, layout, promptLength),
    head,
    headVariables: variables,
    unfrozen,
    positionOffset,
    semantics,
    origin: { method, config: { adapters }, seed: origin.seed },
  });
}

/**
 * Requires that models have something in common.
 *
 * @param what - What it is, for the message, such as `layout`.
 * @throws {@link PtlError} `CONFIG_INVALID`, with the first model that differs.
 */
export function requireSame<Part>(
  subject: string,
  what: string,
  models: readonly Part[],
  textOf: (model: Part) => string,
): void {
  const texts = models.map(textOf);
  const other = texts.findIndex((text) => text !== texts[0]);
  if (other < 0) return;
  throw invalidOption(
    subject,
    `${other}.${what}`,
    `Expected ${texts[0]}, as of the first, got ${texts[other]}.`,
  );
}
