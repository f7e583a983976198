import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import type { TaskKind, Tuner } from '../contract/method.ts';
import { disposePrompt, foldPrompt } from '../model/folded-tuner.ts';
import { toBeAllClose } from './all-close.ts';
import { ContractBench } from './contract-bench.ts';

/** What the checks are made on: a method with a config, on a backbone, for a task. */
export interface ContractSubject {
  readonly backbone: Backbone;
  readonly task: TaskKind;
  readonly parameterCount: number;
  create(seed: number): Tuner;
}

/** Fails by an assertion. */
export type ContractCheck = (subject: ContractSubject) => void;

const trainingSteps = 3;

/** What holds of every tuner, by the statement that holds. */
export const contractChecks: Readonly<Record<string, ContractCheck>> = {
  'has the number of trainable parameters its paper gives': ({ create, parameterCount }) => {
    using tuner = create(0);
    expect(tuner.variables.parameterCount).toBe(parameterCount);
  },

  'gives equal prompts for equal seeds': (subject) => {
    expect(promptOf(subject, 1)).toEqual(promptOf(subject, 1));
  },

  'passes a gradient to each of its variables, and trains them': (subject) => {
    using tuner = subject.create(0);
    using bench = new ContractBench(subject.backbone, tuner, subject.task);
    const before = bench.values();
    // A layer behind one that starts at zero gets its first gradient in the second step.
    const reached = trainAll(bench).flatMap((gradients) => namesOfNonzero(gradients));
    expect([...new Set(reached)].sort()).toEqual([...before.keys()].sort());
    for (const [name, values] of bench.values()) expect(values, name).not.toEqual(before.get(name));
  },

  'leaves every weight of the backbone as it was': (subject) => {
    using tuner = subject.create(0);
    using bench = new ContractBench(subject.backbone, tuner, subject.task);
    const before = weightsOf(subject.backbone);
    trainAll(bench);
    expect(weightsOf(subject.backbone)).toEqual(before);
  },

  'gives the same output from a prompt that was folded into plain tensors': (subject) => {
    using tuner = subject.create(0);
    using bench = new ContractBench(subject.backbone, tuner, subject.task);
    bench.train(0);
    const folded = foldPrompt(tuner);
    const output = bench.hiddenStates(bench.rows, folded);
    disposePrompt(folded);
    expect(output).toEqual(bench.hiddenStates(bench.rows));
  },

  'gives a row the same output alone as among longer rows': (subject) => {
    using tuner = subject.create(0);
    using bench = new ContractBench(subject.backbone, tuner, subject.task);
    const { hiddenSize } = subject.backbone.geometry;
    const together = bench.hiddenStates(bench.rows);
    const stride = together.length / bench.rows.length;
    for (const [index, row] of bench.rows.entries()) {
      const alone = bench.hiddenStates([row]);
      const tokens = row.targetIds?.length ?? row.inputIds.length - row.slots.length;
      expect(alone).toHaveLength(tokens * hiddenSize);
      const among = together.slice(index * stride, index * stride + alone.length);
      const { pass, message } = toBeAllClose(among, alone, { absolute: 1e-5 });
      expect(pass, message()).toBe(true);
    }
  },

  'leaks no tensor, neither in a step nor after disposal': (subject) => {
    const before = tf.memory().numTensors;
    const tuner = subject.create(0);
    const bench = new ContractBench(subject.backbone, tuner, subject.task);
    const alive = tf.memory().numTensors;
    bench.train(0);
    bench.promptValues();
    expect(tf.memory().numTensors).toBe(alive);
    bench[Symbol.dispose]();
    tuner[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(before);
  },
};

/** Holds of a tuner unless all its values start from constants or from the backbone's own. */
export const givesOtherPromptsForOtherSeeds: ContractCheck = (subject) => {
  expect(promptOf(subject, 2)).not.toEqual(promptOf(subject, 1));
};

function promptOf({ backbone, task, create }: ContractSubject, seed: number): Float32Array[] {
  using tuner = create(seed);
  using bench = new ContractBench(backbone, tuner, task);
  return bench.promptValues();
}

function trainAll(bench: ContractBench): ReadonlyMap<string, Float32Array>[] {
  return Array.from({ length: trainingSteps }, (_, step) => bench.train(step));
}

function namesOfNonzero(gradients: ReadonlyMap<string, Float32Array>): string[] {
  return [...gradients].flatMap(([name, gradient]) => {
    expect(gradient.every(Number.isFinite), `the gradient of ${name} is finite`).toBe(true);
    return gradient.some((value) => value !== 0) ? [name] : [];
  });
}

/** Copies, because an engine may hand out the memory that it computes in. */
function weightsOf({ parameters, weight }: Backbone): Float32Array[] {
  const values: Float32Array[] = [];
  tf.tidy(() => {
    for (const { name } of parameters) values.push(weight(name).dataSync<'float32'>().slice());
  });
  return values;
}
