import type { Tensor2D } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { Prompt } from '../../contract/prompt.ts';
import type { ScoreBias } from '../../ops/attention-options.ts';
import type { ForwardOptions } from '../backbone.ts';
import type { MaskCache } from '../pass/mask-cache.ts';
import type { ModelWeights } from '../weights/model-weights.ts';
import type { Seq2SeqSpec, StackSpec } from './seq2seq-spec.ts';

/** What a decoder looks at. */
interface Memory {
  /** What the encoder gave, `[batch * sequence, hidden]`. */
  readonly rows: Tensor2D;
  /** The encoder's, behind the prefixes of the site `cross`. */
  readonly masks: MaskCache;
}

/** One pass of one batch through the encoder or the decoder: what every step of it needs. */
export interface StackPass {
  readonly spec: Seq2SeqSpec;
  readonly stack: StackSpec;
  readonly site: 'encoder' | 'decoder';
  readonly weights: ModelWeights;
  /** Of a decoder the batch that its target makes. */
  readonly batch: Batch;
  readonly prompt: Prompt;
  readonly options: ForwardOptions;
  readonly masks: MaskCache;
  /** By prefix length; null where scores depend on no distance. */
  readonly biasBehind: (prefixLength: number) => ScoreBias | null;
  /** Null in an encoder. */
  readonly memory: Memory | null;
}
