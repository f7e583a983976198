import {
  createLstmEncoder,
  createTrainableMlp,
  type Dropout,
  type FrozenBackbone,
  normal,
  type PromptLayout,
  type PromptRequest,
  parseTemplate,
  resolveTemplate,
  type SlotRun,
  slotCount,
  type Tuner,
  type TunerContext,
  type VariableStore,
  type VirtualTokens,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import type { PTuningConfig } from './config.ts';

/** Maps the embeddings `[promptLength, inputs]` to `[promptLength, outputs]`. */
type Encode = (x: tf.Tensor2D, dropout: Dropout) => tf.Tensor2D;

/**
 * Holds one embedding for each slot of the template, or of a placement, and the encoder that makes
 * virtual tokens of all of them together, so that they depend on each other. Soft tokens, which
 * start from words, are virtual tokens as they are: no encoder changes what they start as.
 *
 * Trainable parameters, with `P` slots, embedding size `d` and encoder size `h`: `Pd` for the
 * embeddings, `d` for each soft token, those of one name counted once, and
 *
 * - `lstm`: `8h(d + h + 2)` for the first layer and `8h(3h + 2)` for each other one, both directions
 *   counted, then `2h(2h + 1) + d(2h + 1)` for the MLP;
 * - `mlp`: `h(d + 1) + h(h + 1) + d(h + 1)`;
 * - `none`: nothing more.
 *
 * Embeddings in front of an encoder start from N(0, 1), and the encoder as PyTorch starts it, as in
 * the authors' code; without an encoder they are the virtual tokens and start from N(0, 0.02²).
 *
 * @see Liu et al. (2021), arXiv:2103.10385, 3.2
 */
export class TemplateEncoder implements Tuner {
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly frozenDropout: boolean;
  readonly variables: VariableStore;
  readonly #generate: (dropout: Dropout) => tf.Tensor2D;

  constructor({ backbone, config, variables }: TunerContext<PTuningConfig>) {
    const { layout, runs } = placeOf(config, backbone);
    this.layout = layout;
    this.promptLength = slotCount(layout);
    this.frozenDropout = config.frozenDropout;
    this.variables = variables;
    const length = runs.reduce((sum, run) => sum + (run.kind === 'prompt' ? run.length : 0), 0);
    const encoded = createEncoded(config, [length, backbone.geometry.embeddingSize], variables);
    this.#generate =
      length === this.promptLength ? encoded : withSoftTokens(runs, encoded, backbone, variables);
  }

  prompt({ dropout }: PromptRequest): VirtualTokens {
    return { kind: 'virtual-tokens', embeddings: this.#generate(dropout) };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }
}

function placeOf(
  { template, placement, promptLength }: PTuningConfig,
  backbone: FrozenBackbone,
): { readonly layout: PromptLayout; readonly runs: readonly SlotRun[] } {
  if (template === null) {
    const layout: PromptLayout = { kind: 'placed', at: placement, length: promptLength };
    return { layout, runs: [{ kind: 'prompt', length: promptLength }] };
  }
  const { parts, runs } = resolveTemplate(parseTemplate(template), backbone.tokenize);
  return { layout: { kind: 'template', parts }, runs };
}

/** Virtual tokens `[length, embeddingSize]` as the encoder makes them; none of none. */
function createEncoded(
  config: PTuningConfig,
  shape: [length: number, size: number],
  variables: VariableStore,
): (dropout: Dropout) => tf.Tensor2D {
  if (shape[0] === 0) return () => tf.zeros(shape);
  const spread = config.encoder === 'none' ? 0.02 : 1;
  const embedding = variables.create<tf.Rank.R2>('embedding', (seed) =>
    normal(shape, spread, seed),
  );
  const encode = createEncoder(config, shape[1], variables);
  return (dropout) => encode(embedding, dropout);
}

/** Puts soft tokens between the encoded ones, in the order of the slots. */
function withSoftTokens(
  runs: readonly SlotRun[],
  encoded: (dropout: Dropout) => tf.Tensor2D,
  backbone: FrozenBackbone,
  variables: VariableStore,
): (dropout: Dropout) => tf.Tensor2D {
  const named = new Map<string, tf.Variable<tf.Rank.R2>>();
  const soft = runs.map((run, index) => {
    if (run.kind === 'prompt') return null;
    const name = `soft/${run.name ?? index}`;
    const known = named.get(name);
    if (known) return known;
    const created = variables.create(name, () => backbone.embeddingsOf(run.ids));
    named.set(name, created);
    return created;
  });
  return (dropout) => {
    const all = encoded(dropout);
    let start = 0;
    const pieces = runs.map((run, index) => {
      const own = soft[index];
      if (own || run.kind === 'soft') return own ?? all;
      start += run.length;
      return tf.slice(all, [start - run.length, 0], [run.length, -1]);
    });
    return tf.concat(pieces, 0);
  };
}

function createEncoder(config: PTuningConfig, size: number, variables: VariableStore): Encode {
  const { encoder, encoderHiddenSize, encoderLayers: layers, encoderDropout: dropout } = config;
  // A copy, because the caller owns the prompt and the tuner its variables.
  if (encoder === 'none') return (x) => tf.clone(x);
  if (encoder === 'mlp') {
    const units = encoderHiddenSize ?? size;
    return createTrainableMlp(variables, [size, units, units, size]);
  }
  return createLstmEncoder(variables, { size, units: encoderHiddenSize, layers, dropout });
}
