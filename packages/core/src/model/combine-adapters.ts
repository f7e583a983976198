import * as tf from '@tensorflow/tfjs';
import { invalidOption } from '../contract/invalid-option.ts';
import { composePrompts } from './compose-prompts.ts';
import { composedModel, requireSame } from './composed-model.ts';
import type { ModelParts } from './model-parts.ts';
import type { TunedModel } from './tuned-model.ts';

const subject = 'combineAdapters';

/**
 * Puts several adapters on one row: prefixes stand one behind the other in front of every layer, and
 * virtual tokens one behind the other in the same place of the row, in the order given. Task, head and
 * rules are the first's. The caller owns the result; the models stay as they are.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` if the models run on different backbones, mix prefixes
 *   and virtual tokens, have their tokens in a template or in different places, or if others than the
 *   first have trained weights of the backbone.
 */
export function combineAdapters<Row, Prediction>(
  models: readonly [TunedModel<Row, Prediction>, ...TunedModel[]],
): TunedModel<Row, Prediction> {
  const parts: ModelParts<unknown, unknown>[] = models.map((model) => model.parts);
  const [first] = models;
  requireSame(subject, 'backbone', parts, ({ backbone }) => backbone.fingerprint);
  requireSame(subject, 'layout', parts, ({ tuner: { layout } }) =>
    layout.kind === 'placed' ? `virtual tokens ${layout.at}` : layout.kind,
  );
  requireSame(subject, 'positionOffset', parts, ({ positionOffset }) => positionOffset);
  const own = parts.findIndex(({ unfrozen }, index) => index > 0 && unfrozen.variables.size > 0);
  if (own > 0) throw invalidOption(subject, `${own}`, 'It has trained weights of the backbone.');
  const { layout } = first.parts.tuner;
  if (layout.kind === 'template') {
    throw invalidOption(subject, '0.layout', 'Virtual tokens of templates have no common place.');
  }
  const promptLength = parts.reduce((sum, { tuner }) => sum + tuner.promptLength, 0);
  return composedModel(first.parts, parts, {
    prompt: composePrompts(parts, (tensors, axis) => tf.concat(tensors, axis)),
    layout: layout.kind === 'placed' ? { ...layout, length: promptLength } : layout,
    promptLength,
    method: 'combined',
  });
}
