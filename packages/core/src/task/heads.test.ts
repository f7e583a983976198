import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { createDropout, noDropout } from '../ops/dropout.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { collate } from '../tokenizer/collate.ts';
import type { HeadGeometry } from './head.ts';
import { sequenceClassification } from './sequence-classification.ts';
import type { Example, Task, TaskHead } from './task.ts';
import { tokenClassification } from './token-classification.ts';

interface HeadCase {
  readonly name: string;
  readonly dense: HeadGeometry['dense'] | null;
  readonly output: string;
  readonly hidden: readonly number[];
  readonly hiddenGradient: readonly number[];
  readonly variables: Readonly<
    Record<string, { readonly value: number[]; readonly gradient: number[] }>
  >;
  readonly logits: readonly number[];
  readonly targets: readonly (number | number[])[];
  readonly sum: number;
}

// Written by fixtures/make_heads.py.
const stored: { readonly cases: readonly HeadCase[] } = JSON.parse(
  readFileSync(new URL('../../fixtures/heads.json', import.meta.url), 'utf8'),
);
const [batchSize, sequence, hiddenSize] = [2, 5, 4];
const labels = ['a', 'b', 'c'];

const backbone: BackboneGeometry = {
  id: 'tiny',
  family: 'bert',
  architecture: 'encoder',
  attentionSites: ['encoder'],
  numLayers: 1,
  numHeads: 1,
  numKeyValueHeads: 1,
  headSize: hiddenSize,
  hiddenSize,
  embeddingSize: hiddenSize,
  vocabularySize: 10,
  maxPositions: 16,
};

expect.extend({ toBeAllClose });

function geometry(changes: Partial<HeadGeometry> = {}): HeadGeometry {
  return { output: 'classifier', dropoutRate: 0.5, pooler: null, ...changes };
}

function randomHidden(): tf.Tensor3D {
  return tf.randomNormal([batchSize, sequence, hiddenSize], 0, 1, 'float32', 3);
}

/** A head of a stored case's shape and weights. */
function createStoredHead(task: Task, stored: HeadCase, variables: VariableStore): TaskHead {
  const shape = { output: stored.output, ...(stored.dense ? { dense: stored.dense } : {}) };
  const head = task.createHead({ backbone, head: geometry(shape), variables });
  expect([...variables.variables.keys()]).toEqual(Object.keys(stored.variables));
  for (const [name, variable] of variables.variables) {
    variable.assign(tf.tensor(stored.variables[name]?.value ?? [], variable.shape));
  }
  return head;
}

/** Rows of the shape that the targets of a stored case are for. */
function toExample(target: number | number[]): Example {
  const row = {
    inputIds: Array(sequence).fill(1),
    tokenTypeIds: Array(sequence).fill(0),
    slots: [],
    truncatedTokens: 0,
  };
  if (typeof target === 'number') return { row, target };
  const starts = target.flatMap((label, at) => (label < 0 ? [] : [at]));
  // A word that was cut off comes last.
  return {
    row: { ...row, wordStarts: [...starts, -1] },
    target: [...starts.map((at) => target[at]), 0],
  };
}

describe.each(['cpu', 'wasm'])('a head on %s', (engine) => {
  beforeAll(async () => {
    expect(await tf.setBackend(engine)).toBe(true);
  });

  it.each(stored.cases)('gives the logits, loss and gradients of PyTorch: $name', (wanted) => {
    const task: Task =
      wanted.name === 'tokens'
        ? tokenClassification({ labels })
        : sequenceClassification({ labels });
    using variables = new VariableStore('head', 1);
    const head = createStoredHead(task, wanted, variables);
    const hidden = tf.tensor3d([...wanted.hidden], [batchSize, sequence, hiddenSize]);
    const examples = wanted.targets.map(toExample);
    const batch = collate(
      examples.map(({ row }) => row),
      0,
    );
    const lossOf = (x: tf.Tensor3D) => task.loss(head.logits(x, noDropout), examples, batch);
    const logits = head.logits(hidden, noDropout);
    expect(logits.dataSync()).toBeAllClose(wanted.logits, { absolute: 1e-5 });
    const gradient = tf.grad((x) => lossOf(x as tf.Tensor3D).sum)(hidden);
    expect(gradient.dataSync()).toBeAllClose(wanted.hiddenGradient, { absolute: 1e-5 });
    const { value, grads } = tf.variableGrads(() => lossOf(hidden).sum);
    expect(value.dataSync()).toBeAllClose([wanted.sum], { relative: 1e-5 });
    for (const [name, variable] of variables.variables) {
      const expected = wanted.variables[name]?.gradient ?? [];
      expect(grads[variable.name]?.dataSync()).toBeAllClose(expected, { absolute: 1e-5 });
    }
    expect(lossOf(hidden).count).toBe(wanted.targets.flat().filter((target) => target >= 0).length);
  });

  it('passes a trained weight to the pooler and its gradient back', () => {
    using variables = new VariableStore('head', 1);
    const pooler: HeadGeometry['pooler'] = (first, trained) =>
      tf.mul(first, trained?.get('pooler.scale') ?? 1);
    const task = sequenceClassification({ labels });
    const head = task.createHead({ backbone, head: geometry({ pooler }), variables });
    const hidden = randomHidden();
    const plain = head.logits(hidden, noDropout);
    const logits = (scale: tf.Tensor) =>
      head.logits(hidden, noDropout, new Map([['pooler.scale', scale]]));
    expect(logits(tf.scalar(2)).dataSync()).toBeAllClose(tf.mul(plain, 2).dataSync());
    const gradient = tf.grad((scale) => tf.sum(logits(scale)))(tf.scalar(2));
    expect(gradient.dataSync()).toBeAllClose(tf.sum(plain).dataSync(), { absolute: 1e-5 });
  });
});

describe('a head', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  const dense = { name: 'classifier.dense', activation: 'tanh' } as const;

  it('starts with N(0, 0.02²) weights, zero biases, and the seed decides', () => {
    const start = (seed: number) => {
      using variables = new VariableStore('head', seed);
      const wide = { ...backbone, hiddenSize: 64 };
      sequenceClassification({ labels }).createHead({
        backbone: wide,
        head: geometry({ dense }),
        variables,
      });
      return Object.fromEntries(
        [...variables.variables].map(([name, value]) => [name, value.dataSync()]),
      );
    };
    const first = start(1);
    const weights = Array.from(first['classifier.dense/weight'] ?? []);
    expect(weights.length).toBe(64 * 64);
    const variance = weights.reduce((sum, weight) => sum + weight ** 2, 0) / weights.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.02, 3);
    expect(Array.from(first['classifier/bias'] ?? [1])).toEqual([0, 0, 0]);
    expect(start(1)).toEqual(first);
    expect(start(2)).not.toEqual(first);
  });

  it('drops before each of its layers in training', () => {
    const drawn: string[] = [];
    for (const task of [sequenceClassification({ labels }), tokenClassification({ labels })]) {
      using variables = new VariableStore('head', 1);
      const head = task.createHead({ backbone, head: geometry({ dense }), variables });
      const dropout = createDropout(5);
      const logits = head.logits(randomHidden(), (tensor, rate, name) => {
        drawn.push(`${name} ${rate}`);
        return dropout(tensor, rate, name);
      });
      const plain = head.logits(randomHidden(), noDropout);
      expect(logits.dataSync()).not.toEqual(plain.dataSync());
    }
    expect(drawn).toEqual(['head/pooled 0.5', 'head/dense 0.5', 'head/tokens 0.5']);
  });

  it('drops before its pooler where the family does', () => {
    using variables = new VariableStore('head', 1);
    const pooler: HeadGeometry['pooler'] = (first) => first;
    const head = sequenceClassification({ labels }).createHead({
      backbone,
      head: geometry({ pooler, poolerDropoutRate: 0.25 }),
      variables,
    });
    const drawn: string[] = [];
    head.logits(randomHidden(), (tensor, rate, name) => {
      drawn.push(`${name} ${rate}`);
      return tensor;
    });
    expect(drawn).toEqual(['head/first 0.25', 'head/pooled 0.5']);
  });

  it('keeps no tensor but its logits', () => {
    for (const task of [sequenceClassification({ labels }), tokenClassification({ labels })]) {
      using variables = new VariableStore('head', 1);
      const head = task.createHead({ backbone, head: geometry({ dense }), variables });
      const hidden = randomHidden();
      const before = tf.memory().numTensors;
      const logits = tf.tidy(() => head.logits(hidden, noDropout));
      expect(tf.memory().numTensors).toBe(before + 1);
      tf.dispose([logits, hidden]);
    }
  });
});
