import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import type { Batch } from '../contract/batch.ts';
import { normal } from '../contract/initializers.ts';
import type { TaskKind, Tuner } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { createDropout, noDropout } from '../ops/dropout.ts';
import { sequenceToSequence } from '../task/sequence-to-sequence.ts';
import { collate } from '../tokenizer/collate.ts';
import { encodeText, encodeWords } from '../tokenizer/encode-row.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';

/** Sentences of different lengths, so that a batch of them has padding. */
const sentences = ['a film', 'the film was long and it was bad', 'good place, good time'];
/** Goes with each of them where a task has two texts. */
const question = 'was it good';
const pairs: ReadonlySet<TaskKind> = new Set<TaskKind>(['question-answering', 'multiple-choice']);
const learningRate = 0.1;
/** Weights no hidden state depends on: the softmax cancels the biases of keys; a pooler is later. */
const idleWeights = /^pooler\.|\.(key|k_lin)\.bias$/;

/** Runs one tuner on the tiny backbone; the contract suite's workbench. */
export class ContractBench implements Disposable {
  readonly rows: readonly EncodedRow[];
  readonly #backbone: Backbone;
  readonly #tuner: Tuner;
  /** Trained copies of what the tuner unfreezes. */
  readonly #unfrozen = new VariableStore('unfrozen', 0);

  constructor(backbone: Backbone, tuner: Tuner, task: TaskKind) {
    this.#backbone = backbone;
    this.#tuner = tuner;
    const { tokenizer, geometry } = backbone;
    const context = { tokenizer, layout: tuner.layout, maxPositions: geometry.maxPositions };
    this.rows = sentences.map((text) => {
      if (task === 'token-classification') return encodeWords(text.split(' '), context);
      if (task === 'sequence-to-sequence') {
        return sequenceToSequence().encode({ text, target: text }, 0, context).row;
      }
      const pair = pairs.has(task) ? { textPair: question } : {};
      return encodeText({ text, ...pair }, context);
    });
    for (const name of tuner.unfrozen?.filter((weight) => !idleWeights.test(weight)) ?? []) {
      this.#unfrozen.create(name, () => tf.clone(backbone.weight(name)));
    }
  }

  /** The values of everything that is trained, by names of the tuner and of the backbone. */
  values(): Map<string, Float32Array> {
    const copyOf = (variable: tf.Variable) => variable.dataSync<'float32'>().slice();
    return new Map([...this.#trained].map(([name, variable]) => [name, copyOf(variable)]));
  }

  /** The values of the prompt that the tuner gives in evaluation. */
  promptValues(): Float32Array[] {
    const values: Float32Array[] = [];
    tf.tidy(() => {
      for (const tensor of promptTensors(this.#promptFor(1))) {
        values.push(tensor.dataSync<'float32'>().slice());
      }
    });
    return values;
  }

  /**
   * Hidden states of the real tokens in evaluation, or of the target's, row-major; padding is in
   * them.
   *
   * @param folded - The prompt to run with; the tuner is asked for one if absent.
   */
  hiddenStates(rows: readonly EncodedRow[], folded?: Prompt): Float32Array {
    return tf.tidy(() => {
      const prompt = folded ?? this.#promptFor(rows.length);
      return this.#forward(this.#collate(rows), prompt).dataSync<'float32'>();
    });
  }

  /**
   * Takes one step of gradient descent on a loss that each hidden state has its own part in.
   *
   * @returns The gradient of each variable that has one, before the step.
   */
  train(step: number): ReadonlyMap<string, Float32Array> {
    const gradients = new Map<string, Float32Array>();
    tf.tidy(() => {
      const byGlobalName = this.#gradients(step);
      for (const [name, variable] of this.#trained) {
        const gradient = byGlobalName[variable.name];
        if (!gradient) continue;
        gradients.set(name, gradient.dataSync<'float32'>().slice());
        variable.assign(tf.sub(variable, tf.mul(gradient, learningRate)));
      }
    });
    return gradients;
  }

  [Symbol.dispose](): void {
    this.#unfrozen[Symbol.dispose]();
  }

  get #trained(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.#tuner.variables.variables, ...this.#unfrozen.variables]);
  }

  #promptFor(batchSize: number): Prompt {
    return this.#tuner.prompt({ batchSize, training: false, dropout: noDropout });
  }

  #gradients(step: number): tf.NamedTensorMap {
    const variables = [...this.#trained.values()];
    if (variables.length === 0) return {};
    const batch = this.#collate(this.rows);
    const { grads } = tf.variableGrads(() => {
      const dropout = createDropout(step + 1);
      const prompt = this.#tuner.prompt({ batchSize: batch.size, training: true, dropout });
      const hidden = this.#forward(batch, prompt);
      return tf.mean(tf.mul(hidden, normal(hidden.shape, 1, 1)));
    }, variables);
    return grads;
  }

  #forward(batch: Batch, prompt: Prompt): tf.Tensor3D {
    return this.#backbone.forward(batch, prompt, { weights: this.#unfrozen.variables });
  }

  #collate(rows: readonly EncodedRow[]): Batch {
    return collate(rows, this.#backbone.tokenizer.special.pad);
  }
}

function promptTensors(prompt: Prompt): tf.Tensor[] {
  if (prompt.kind === 'none') return [];
  if (prompt.kind === 'virtual-tokens') return [prompt.embeddings];
  const layers = Object.values(prompt.sites).flat();
  return layers.flatMap((prefix) => (prefix ? [prefix.keys, prefix.values] : []));
}
