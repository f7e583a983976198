import type { Batch } from '../../contract/batch.ts';
import type { RotaryAngles } from '../../ops/rotary.ts';
import type { ForwardOptions } from '../backbone.ts';
import type { MaskCache } from '../pass/mask-cache.ts';
import type { ModelWeights } from '../weights/model-weights.ts';
import type { DecoderSpec } from './decoder-spec.ts';

/** One pass over one batch: what every step of it needs. */
export interface DecoderPass {
  readonly spec: DecoderSpec;
  readonly weights: ModelWeights;
  readonly batch: Batch;
  readonly options: ForwardOptions;
  readonly masks: MaskCache;
  /** Of every position of every row; null with learned positions. */
  readonly angles: RotaryAngles | null;
}
