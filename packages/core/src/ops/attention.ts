import type { Tensor2D } from '@tensorflow/tfjs';
import type { AttentionInput, AttentionOptions } from './attention-options.ts';
import { composedAttention } from './composed-attention.ts';
import { canFuseAttention, fusedAttention } from './fused-attention.ts';

/**
 * Multi-head scaled dot-product attention with a prefix.
 *
 * `softmax(Q [Pk; K]ᵀ / √headSize + bias) [Pv; V]`, where the prefix makes keys and values but no
 * queries, so that the output has the queries' positions.
 *
 * @returns `[batch * queries, heads * headSize]`.
 * @see Vaswani et al. (2017), arXiv:1706.03762, 3.2; Li and Liang (2021), arXiv:2101.00190, 4.2
 */
export function attention(input: AttentionInput, options: AttentionOptions): Tensor2D {
  return canFuseAttention(options)
    ? fusedAttention(input, options)
    : composedAttention(input, options);
}
