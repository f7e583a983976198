import type { Tensor2D } from '@tensorflow/tfjs';
import type { ScoreBias } from '../../ops/attention-options.ts';
import { MaskCache } from '../pass/mask-cache.ts';
import { usedLength } from '../pass/prompt-shape.ts';
import { relativeBias } from './relative-bias.ts';
import type { StackPass } from './stack-pass.ts';

/** A pass with its masks and biases, which layers share. */
export function beginPass(parts: Omit<StackPass, 'masks' | 'biasBehind' | 'stack'>): StackPass {
  const stack = parts.spec[parts.site];
  const masks = new MaskCache(parts.batch, parts.prompt);
  const known = new Map<number, ScoreBias | null>();
  const biasBehind = (prefixLength: number): ScoreBias | null => {
    const bias = known.get(prefixLength) ?? createBias({ ...parts, stack }, prefixLength);
    known.set(prefixLength, bias);
    return bias;
  };
  return { ...parts, stack, masks, biasBehind };
}

/**
 * In an encoder a prefix stands at no distance, and neither does it in a decoder whose positions it
 * does not move.
 */
function createBias(
  { spec, stack, site, weights, batch, prompt, options }: Omit<StackPass, 'masks' | 'biasBehind'>,
  prefixLength: number,
): ScoreBias | null {
  if (!stack.relativeTable) return null;
  const name = `${stack.relativeTable}.weight`;
  const table = {
    values: weights.get(name, options.weights) as Tensor2D, // Checked when it was loaded.
    trained: options.weights?.has(name) ?? false,
  };
  const isPlaced = site === 'decoder' && (options.positionOffset ?? 'shift') === 'shift';
  const used = Array.from({ length: batch.size }, (_, row) =>
    prompt.kind === 'layer-prefixes' ? usedLength(prompt, row, prefixLength) : 0,
  );
  return relativeBias(table, spec.buckets, site === 'encoder', {
    sequence: batch.sequence,
    prefixLength,
    used: isPlaced ? used : null,
  });
}
