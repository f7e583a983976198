import * as tf from '@tensorflow/tfjs';
import { gatePrefixes, type PrefixPlan } from './prefix-plan.ts';
import type { AttentionSite, LayerPrefix } from './prompt.ts';
import type { VariableStore } from './variable-store.ts';

/** The trained prefixes of one attention site. */
export interface SitePrefixes {
  readonly site: AttentionSite;
  /**
   * The prefix of each layer; null for a layer without one. Differentiable.
   *
   * @param drop - Applied to the matrix that holds them all, such as a dropout.
   */
  layers(drop: (flat: tf.Tensor2D) => tf.Tensor2D): (LayerPrefix | null)[];
}

export interface SitePrefixesOptions {
  readonly site: AttentionSite;
  readonly plan: PrefixPlan;
  /** Where gates are created, as `SITE/gates`. */
  readonly variables: VariableStore;
  /** Whether the prefix of each layer is multiplied by a trained number, which starts at 1. */
  readonly hasGates: boolean;
  /** What `encode` gives: the plan's rows or its table. */
  readonly matrix: 'rows' | 'table';
  /** Gives the matrix that holds the prefixes of all layers. */
  encode(): tf.Tensor2D;
}

/** Makes the prefixes of an attention site out of one matrix, trained directly or through an MLP. */
export function createSitePrefixes({
  site,
  plan,
  variables,
  hasGates,
  matrix,
  encode,
}: SitePrefixesOptions): SitePrefixes {
  const gates = hasGates
    ? variables.create<tf.Rank.R1>(`${site}/gates`, () => tf.ones([plan.layers.length]))
    : null;
  return {
    site,
    layers(drop) {
      const flat = drop(encode());
      const layers = matrix === 'rows' ? plan.fromRows(flat) : plan.fromTable(flat);
      return gates ? gatePrefixes(layers, gates) : layers;
    },
  };
}
