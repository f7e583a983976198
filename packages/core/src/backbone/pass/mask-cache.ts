import type { Tensor4D } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { BackbonePrompt } from '../../contract/prompt.ts';
import { attentionBias } from './attention-bias.ts';
import { prefixesOf } from './prompt-parts.ts';

/** What masks attention in one pass, made once for each prefix length, and lengths of its rows, that occur. */
export class MaskCache {
  readonly #batch: Batch;
  readonly #lengths: readonly number[] | undefined;
  readonly #masks = new Map<string, Tensor4D | null>();

  constructor(batch: Batch, prompt: BackbonePrompt) {
    this.#batch = batch;
    this.#lengths = prefixesOf(prompt)?.lengths;
  }

  /**
   * See {@link attentionBias}. Belongs to the pass's tidy.
   *
   * @param lengths - Of one layer, where they are its own.
   */
  behind(prefixLength: number, lengths = this.#lengths): Tensor4D | null {
    const key = `${prefixLength}/${lengths?.join() ?? ''}`;
    const known = this.#masks.get(key);
    if (known !== undefined) return known;
    const mask = attentionBias(this.#batch, prefixLength, lengths);
    this.#masks.set(key, mask);
    return mask;
  }
}
