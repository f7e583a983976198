import {
  createTrainableLinear,
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
  uniform,
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
  const { encoder, encoderHiddenSize } = config;
  // A copy, because the caller owns the prompt and the tuner its variables.
  if (encoder === 'none') return (x) => tf.clone(x);
  if (encoder === 'mlp') {
    const units = encoderHiddenSize ?? size;
    return createMlp(variables, [size, units, units, size]);
  }
  const units = encoderHiddenSize ?? Math.ceil(size / 2);
  const recurrent = createLstm(config, size, units, variables);
  const mlp = createMlp(variables, [2 * units, 2 * units, size]);
  return (x, dropout) => mlp(recurrent(x, dropout), dropout);
}

/** Linear layers between the given sizes, with ReLU after all but the last. */
function createMlp(variables: VariableStore, sizes: readonly number[]): Encode {
  const layers = sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer] ?? outputs;
    return createTrainableLinear(variables, `mlp/${layer}`, { inputs, outputs });
  });
  return (x) => layers.reduce((y, { apply }, layer) => apply(layer > 0 ? tf.relu(y) : y), x);
}

/** Bidirectional layers, each of which reads both directions of the one before. */
function createLstm(
  { encoderLayers, encoderDropout }: PTuningConfig,
  size: number,
  units: number,
  variables: VariableStore,
): Encode {
  const layers = Array.from({ length: encoderLayers }, (_, layer) =>
    createLstmLayer(variables, `lstm/${layer}`, layer === 0 ? size : 2 * units, units),
  );
  return (x, dropout) =>
    layers.reduce(
      (y, layer, index) => layer(index > 0 ? dropout(y, encoderDropout, 'lstm') : y),
      x,
    );
}

/**
 * One bidirectional LSTM layer, `[sequence, inputs]` to `[sequence, 2 * units]`, forward half first.
 *
 * The two directions run as a batch of two, over the sequence and its reverse: the first axis of
 * every variable is the direction. Gates stand in the order of PyTorch: input, forget, cell, output.
 */
function createLstmLayer(
  variables: VariableStore,
  name: string,
  inputs: number,
  units: number,
): (x: tf.Tensor2D) => tf.Tensor2D {
  const create = <R extends tf.Rank>(parameter: string, shape: tf.ShapeMap[R]) =>
    variables.create<R>(`${name}/${parameter}`, (seed) =>
      uniform(shape, 1 / Math.sqrt(units), seed),
    );
  const inputWeight = create<tf.Rank.R3>('input/weight', [2, 4 * units, inputs]);
  const recurrentWeight = create<tf.Rank.R3>('recurrent/weight', [2, 4 * units, units]);
  const inputBias = create<tf.Rank.R3>('input/bias', [2, 1, 4 * units]);
  const recurrentBias = create<tf.Rank.R3>('recurrent/bias', [2, 1, 4 * units]);
  return (x) => {
    const both = tf.stack([x, tf.reverse(x, 0)]);
    // Everything that does not depend on the state, for all steps at once.
    const products = tf.matMul(both, inputWeight, false, true);
    const gates: tf.Tensor3D = tf.add(products, tf.add(inputBias, recurrentBias));
    const [forward, backward] = tf.unstack(recur(gates, recurrentWeight)) as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    return tf.concat([forward, tf.reverse(backward, 0)], 1);
  };
}

/**
 * The recurrence `c ← σ(f) c + σ(i) tanh(g)`, `h ← σ(o) tanh(c)` of both directions, from zeros.
 *
 * Its gradient is written by hand: TF.js would make a gradient of the weight for each step and add
 * them up, where one product over all steps does, and the steps are most of P-tuning's time.
 *
 * @param gates - The inputs' share of the gates, `[2, sequence, 4 * units]`.
 * @param weight - `[2, 4 * units, units]`.
 * @returns `h` after each step, `[2, sequence, units]`.
 */
function recur(gates: tf.Tensor3D, weight: tf.Tensor3D): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const [first, second] = args as [tf.Tensor3D, tf.Tensor3D];
    const [states, ...others] = runSteps(first, second);
    save([states, ...others, second]);
    return { value: states, gradFunc: (dy: tf.Tensor, saved) => recurGradient(dy, saved) };
  });
  return op(gates, weight) as tf.Tensor3D;
}

/** The state, cell and gates after each step, `[2, sequence, units]` each. */
type LstmTrace = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

function runSteps(gates: tf.Tensor3D, weight: tf.Tensor3D): LstmTrace {
  const units = weight.shape[2];
  let state: tf.Tensor = tf.zeros([2, 1, units]);
  let cell: tf.Tensor = state;
  const steps = tf.split(gates, gates.shape[1], 1).map((step) => {
    const sums = tf.split(tf.add(step, tf.matMul(state, weight, false, true)), 4, 2);
    const [input, forget, candidate, output] = sums.map((sum, gate) =>
      gate === 2 ? tf.tanh(sum) : tf.sigmoid(sum),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    cell = tf.add(tf.mul(forget, cell), tf.mul(input, candidate));
    state = tf.mul(output, tf.tanh(cell));
    return [state, cell, input, forget, candidate, output];
  });
  const join = (part: number) =>
    tf.concat(
      steps.flatMap((step) => step.slice(part, part + 1)),
      1,
    );
  return [join(0), join(1), join(2), join(3), join(4), join(5)];
}

/** Gradients of the gates and of the weight. Slopes of all steps come first, then the way back. */
function recurGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  // As saved above.
  const [states, cells, input, forget, candidate, output, weight] = saved as [
    ...LstmTrace,
    tf.Tensor3D,
  ];
  const squashed = tf.tanh(cells);
  const toCell = tf.mul(output, complement(tf.square(squashed)));
  const toGates = tf.concat(
    [
      tf.mul(candidate, tf.mul(input, complement(input))),
      tf.mul(delayed(cells), tf.mul(forget, complement(forget))),
      tf.mul(input, complement(tf.square(candidate))),
      tf.mul(squashed, tf.mul(output, complement(output))),
    ],
    2,
  );
  const perStep = [dy, toCell, toGates, forget].map((x) => tf.split(x, states.shape[1] ?? 1, 1));
  const dGates: tf.Tensor[] = [];
  let carried: tf.Tensor = tf.zeros([1]);
  for (let step = (states.shape[1] ?? 1) - 1; step >= 0; step--) {
    const [dOutput, cellSlope, gateSlopes, kept] = perStep.flatMap((x) =>
      x.slice(step, step + 1),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const later = dGates[0];
    const dState = later ? tf.add(dOutput, tf.matMul(later, weight)) : dOutput;
    const dCell = tf.add(tf.mul(dState, cellSlope), carried);
    dGates.unshift(tf.mul(tf.concat([dCell, dCell, dCell, dState], 2), gateSlopes));
    carried = tf.mul(dCell, kept);
  }
  const all = tf.concat(dGates, 1);
  return [all, tf.matMul(all, delayed(states), true)];
}

/** `1 - x`. */
function complement(x: tf.Tensor): tf.Tensor {
  return tf.sub(1, x);
}

/** What each step found before it: zeros, then the values of all steps but the last. */
function delayed(x: tf.Tensor): tf.Tensor {
  const padded = tf.pad(x, [
    [0, 0],
    [1, 0],
    [0, 0],
  ]);
  return tf.slice(padded, [0, 0, 0], x.shape);
}
