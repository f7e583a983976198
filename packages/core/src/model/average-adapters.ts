import * as tf from '@tensorflow/tfjs';
import { invalidOption } from '../contract/invalid-option.ts';
import { composePrompts } from './compose-prompts.ts';
import { composedModel, requireSame } from './composed-model.ts';
import type { ModelParts } from './model-parts.ts';
import type { TunedModel } from './tuned-model.ts';

const subject = 'averageAdapters';

/**
 * Averages adapters of one kind for one task: each number of the prompt, the head and trained weights
 * is the mean of the models'. The caller owns the result; the models stay as they are.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` if the models differ in backbone, task, labels, place or
 *   length of their prompts, or trained weights.
 */
export function averageAdapters<Row, Prediction>(
  models: readonly [TunedModel<Row, Prediction>, ...TunedModel<Row, Prediction>[]],
): TunedModel<Row, Prediction> {
  const parts = models.map((model) => model.parts);
  requireSame(subject, 'backbone', parts, ({ backbone }) => backbone.fingerprint);
  requireSame(
    subject,
    'task',
    parts,
    ({ task }) => `${task.kind} with labels ${task.labels.join(', ')}`,
  );
  requireSame(subject, 'layout', parts, ({ tuner }) => JSON.stringify(tuner.layout));
  requireSame(subject, 'promptLength', parts, ({ tuner }) => String(tuner.promptLength));
  requireSame(subject, 'head', parts, ({ headVariables }) =>
    [...headVariables.variables.keys()].join(),
  );
  requireSame(subject, 'unfrozen', parts, ({ unfrozen }) => [...unfrozen.variables.keys()].join());
  const [{ parts: first }] = models;
  const { layout, promptLength } = first.tuner;
  const mean = (tensors: tf.Tensor[]): tf.Tensor => {
    const isWhole = tensors.length === parts.length;
    const isAlike = tensors.every(({ shape }) => shape.join() === tensors[0]?.shape.join());
    if (isWhole && isAlike) return tf.mean(tf.stack(tensors), 0);
    throw invalidOption(subject, 'prompt', 'The prompts have other lengths in some layers.');
  };
  const prompt = composePrompts(parts, mean);
  const result = composedModel(first, parts, { prompt, layout, promptLength, method: 'averaged' });
  tf.tidy(() => {
    for (const store of ['headVariables', 'unfrozen'] as const)
      averageStore(result.parts, parts, store);
  });
  return result;
}

function averageStore<Row, Prediction>(
  result: ModelParts<Row, Prediction>,
  parts: readonly ModelParts<Row, Prediction>[],
  store: 'headVariables' | 'unfrozen',
): void {
  for (const [name, variable] of result[store].variables) {
    const values = parts.flatMap((part) => part[store].variables.get(name) ?? []);
    variable.assign(tf.mean(tf.stack(values), 0));
  }
}
