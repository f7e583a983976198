import type { EncodingContext } from '../task/task.ts';
import type { ModelParts } from './model-parts.ts';

/** What a model's task needs to encode rows for its backbone and its prompt. */
export function encodingContext<Row, Prediction>({
  backbone,
  tuner,
  positionOffset,
  semantics,
}: Pick<
  ModelParts<Row, Prediction>,
  'backbone' | 'tuner' | 'positionOffset' | 'semantics'
>): EncodingContext {
  // A prefix takes no place in the row, but moves its tokens on.
  const shift = tuner.layout.kind === 'none' && positionOffset === 'shift';
  return {
    tokenizer: backbone.tokenizer,
    layout: tuner.layout,
    architecture: backbone.geometry.architecture,
    maxPositions: backbone.geometry.maxPositions - (shift ? tuner.promptLength : 0),
    semantics,
  };
}
