import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect, it } from 'vitest';
import { VariableStore } from '../../contract/variable-store.ts';
import { noDropout } from '../../ops/dropout.ts';
import { toBeAllClose } from '../../testing/all-close.ts';
import { centralDifferences } from '../../testing/central-differences.ts';
import { createTinyBackbone } from '../../testing/tiny-backbone.ts';
import { createCrfReadout } from './crf-readout.ts';

expect.extend({ toBeAllClose });

const [labels, hiddenSize] = [3, 8];
const examples = [
  { wordStarts: [1, 2, 4], target: [0, 2, 1] },
  { wordStarts: [1, -1], target: [2, 0] },
].map(({ wordStarts, target }) => {
  const inputIds = [1, 1, 1, 1, 1];
  return {
    row: { inputIds, tokenTypeIds: inputIds, slots: [], truncatedTokens: 0, wordStarts },
    target,
  };
});

it.each(['cpu', 'wasm'])(
  'a CRF passes the gradient of central differences to its head and what is below, on %s',
  async (engine) => {
    await tf.setBackend(engine);
    using backbone = createTinyBackbone();
    using variables = new VariableStore('head', 3);
    const readout = createCrfReadout(labels, null);
    const geometry = { output: 'classifier', dropoutRate: 0, pooler: null } as const;
    const head = readout.createHead({ backbone: backbone.geometry, head: geometry, variables });
    const hidden = tf.randomNormal<tf.Rank.R3>([2, 5, hiddenSize], 0, 1, 'float32', 4);
    const loss = (states: tf.Tensor): tf.Scalar => {
      const { sum, count } = readout.loss(head.logits(states as tf.Tensor3D, noDropout), examples);
      return tf.div(sum, count);
    };
    const tolerance = { relative: 0, absolute: 1e-3 };
    expect(tf.grad(loss)(hidden).dataSync()).toBeAllClose(
      centralDifferences(loss, hidden),
      tolerance,
    );
    const { grads } = tf.variableGrads(() => loss(hidden), [...variables.variables.values()]);
    expect([...variables.variables.keys()]).toEqual([
      'classifier/weight',
      'classifier/bias',
      'crf/start_transitions',
      'crf/end_transitions',
      'crf/transitions',
    ]);
    for (const variable of variables.variables.values()) {
      const value = tf.clone(variable);
      const expected = centralDifferences((moved: tf.Tensor) => {
        variable.assign(moved);
        return loss(hidden);
      }, value);
      variable.assign(value);
      expect(grads[variable.name]?.dataSync()).toBeAllClose(expected, tolerance);
    }
  },
);
