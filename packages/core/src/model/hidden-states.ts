import * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from '../backbone/backbone.ts';
import type { Batch } from '../contract/batch.ts';
import type { Dropout } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import type { FrozenStates } from '../trainer/frozen-cache.ts';
import type { ModelParts } from './model-parts.ts';

export interface HiddenStatesOptions {
  /** Given where the backbone is to run with its own dropout. */
  readonly dropout?: Dropout;
  /** What the layers below those that are trained gave before; everything is run where null. */
  readonly frozen: FrozenStates | null;
  readonly recompute?: ForwardOptions['recompute'];
}

/** The hidden states that the head of a model reads. Called inside a tidy. */
export function hiddenStates<Row, Prediction>(
  { backbone, head, unfrozen, positionOffset, semantics }: ModelParts<Row, Prediction>,
  batch: Batch,
  prompt: Prompt,
  { dropout, frozen, recompute = false }: HiddenStatesOptions,
): tf.Tensor3D {
  const known = frozen && tf.tensor3d(frozen.values, [...frozen.shape]);
  if (known && frozen.layer === backbone.geometry.numLayers) return known;
  return backbone.forward(batch, prompt, {
    positionOffset,
    semantics,
    weights: unfrozen.variables,
    read: head.reads,
    recompute,
    ...(dropout ? { dropout } : {}),
    ...(known ? { from: { layer: frozen.layer, hidden: known } } : {}),
  });
}
