import * as tf from '@tensorflow/tfjs';
import type { LayerPrefix } from '../../contract/prompt.ts';
import { recomputed } from '../../ops/recomputed.ts';
import type { ForwardOptions } from '../backbone.ts';
import type { MaskCache } from './mask-cache.ts';
import { prefixLength } from './prompt-shape.ts';

/** What the layers of a pass share, as far as it is looked at here. */
interface SharedPass {
  readonly masks: MaskCache;
}

/** One layer of a pass: the hidden states `[rows, hidden]` that it makes of others. */
type RunLayer<Pass> = (
  pass: Pass,
  layer: number,
  prefix: LayerPrefix | null,
  hidden: tf.Tensor2D,
) => tf.Tensor2D;

export interface LayersRequest<Pass extends SharedPass> {
  /** Makes what the layers of a pass share; it belongs to the tidy in which it is made. */
  readonly beginPass: () => Pass;
  readonly runLayer: RunLayer<Pass>;
  /** Of each layer. */
  readonly prefixes: readonly (LayerPrefix | null)[];
  readonly options: ForwardOptions;
  /** Hidden states that go into layer `first`. */
  readonly hidden: tf.Tensor2D;
  readonly first: number;
  /** The layer before which it stops. */
  readonly end: number;
}

/** Runs layers one behind the other, each in a tidy of its own. */
export function runLayers<Pass extends SharedPass>(request: LayersRequest<Pass>): tf.Tensor2D {
  const { beginPass, runLayer, prefixes, options, first, end } = request;
  const pass = options.recompute ? null : beginPass();
  let { hidden } = request;
  for (let layer = first; layer < end; layer++) {
    const input = hidden;
    const prefix = prefixes[layer] ?? null;
    pass?.masks.behind(prefixLength(prefix), prefix?.lengths); // Made here, for the layers to share.
    hidden = pass
      ? tf.tidy(() => runLayer(pass, layer, prefix, input))
      : recomputedLayer(request, layer, input);
  }
  return hidden;
}

function recomputedLayer<Pass extends SharedPass>(
  { beginPass, runLayer, prefixes }: LayersRequest<Pass>,
  layer: number,
  input: tf.Tensor2D,
): tf.Tensor2D {
  const prefix = prefixes[layer] ?? null;
  const inputs = prefix ? [input, prefix.keys, prefix.values] : [input];
  return recomputed((...given) => {
    // As given below, in that order.
    const [hidden, keys, values] = given as [
      tf.Tensor2D,
      LayerPrefix['keys']?,
      LayerPrefix['values']?,
    ];
    const own = prefix && keys && values ? { ...prefix, keys, values } : null;
    return runLayer(beginPass(), layer, own, hidden);
  }, inputs);
}
