import { toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  allModels,
  loadModelOf,
  statesBehindZeros,
} from '../../../packages/core/src/backbone/attention-case.ts';
import {
  allFamilies,
  batchOf,
  leftPadded,
  loadCase,
  realRows,
} from '../../../packages/core/src/backbone/encoder-case.ts';
import { useTestEngine } from '../use-test-engine.ts';

expect.extend({ toBeAllClose });

// Core runs the same on the engines that TF.js brings itself.
describe('on TensorFlow', () => {
  it.for(allFamilies)(
    '%s gives rows padded on the left what Transformers gives',
    async (name, context) => {
      await useTestEngine('tensorflow', context);
      const { backbone, reference } = await loadCase(name);
      const right = batchOf(reference, 'batch');
      const left = leftPadded(right);
      const wanted = tf.tensor3d(reference.float32('batch.hidden'), [3, right.sequence, 40]);
      const actual = realRows(backbone.forward(left, { kind: 'none' }), left);
      expect(actual).toBeAllClose(realRows(wanted, right), { absolute: 1e-5, relative: 0 });
      backbone[Symbol.dispose]();
    },
  );

  it.for(allModels)(
    '%s weighs a prefix of zeros as the softmax of zeros does',
    async (name, context) => {
      await useTestEngine('tensorflow', context);
      using backbone = await loadModelOf(name);
      const { actual, expected } = statesBehindZeros(backbone, name);
      expect(actual).toBeAllClose(expected, { absolute: 1e-5, relative: 0 });
    },
  );
});
