import type { Tensor4D } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { Prompt } from '../../contract/prompt.ts';
import { attentionBias } from './attention-bias.ts';

/** What masks attention in one pass, made once for each prefix length that occurs. */
export class MaskCache {
  readonly #batch: Batch;
  readonly #lengths: readonly number[] | undefined;
  readonly #masks = new Map<number, Tensor4D | null>();

  constructor(batch: Batch, prompt: Prompt) {
    this.#batch = batch;
    this.#lengths = prompt.kind === 'layer-prefixes' ? prompt.lengths : undefined;
  }

  /** See {@link attentionBias}. Belongs to the pass's tidy. */
  behind(prefixLength: number): Tensor4D | null {
    const known = this.#masks.get(prefixLength);
    if (known !== undefined) return known;
    const mask = attentionBias(this.#batch, prefixLength, this.#lengths);
    this.#masks.set(prefixLength, mask);
    return mask;
  }
}
