import type { Batch } from '../../contract/batch.ts';
import type { BackbonePrompt } from '../../contract/prompt.ts';
import type { ForwardOptions } from '../backbone.ts';
import type { MaskCache } from '../pass/mask-cache.ts';
import type { EncoderSpec } from './encoder-spec.ts';
import type { EncoderWeights } from './encoder-weights.ts';

/** One pass over one batch: what every step of it needs. */
export interface EncoderPass {
  readonly spec: EncoderSpec;
  readonly weights: EncoderWeights;
  readonly batch: Batch;
  readonly prompt: BackbonePrompt;
  readonly options: ForwardOptions;
  /** Prefix lengths may differ from layer to layer. */
  readonly masks: MaskCache;
}
