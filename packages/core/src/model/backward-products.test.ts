import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { loadDecoder } from '../backbone/decoder-case.ts';
import { loadCase } from '../backbone/encoder-case.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { createModel } from './create-model.ts';
import { windowMethod } from './window-method.ts';

beforeAll(() => tf.setBackend('cpu'));

const rows = [
  { text: 'the film was good', label: 'good' },
  { text: 'a long bad time', label: 'bad' },
] as const;

/** ELECTRA's embeddings are narrower than its hidden states. */
const embeddingProducts = 1;

async function countProducts(run: () => tf.TensorContainer): Promise<number> {
  const { kernels } = await tf.profile(() => tf.tidy(run));
  return kernels.filter(({ name }) => /MatMul/.test(name)).length;
}

/** Products of one loss, and of its gradients. */
async function productsOf(backbone: Backbone, layers: 'all' | number[] | null) {
  const task = sequenceClassification({ labels: ['good', 'bad'] });
  using model = createModel({ backbone, method: windowMethod, config: { layers }, task });
  const examples = model.encode(rows);
  const forward = await countProducts(() => model.loss(examples, 1).sum);
  const both = await countProducts(() => {
    const variables = [...model.trainableVariables.values()];
    const { value, grads } = tf.variableGrads(() => model.loss(examples, 1).sum, variables);
    return [value, ...Object.values(grads)];
  });
  return { forward, backward: both - forward };
}

describe('the gradient of a prompt', () => {
  // Products that carry a gradient through one layer, and those of them that make queries, keys and
  // values: an encoder has them in one, a decoder in three.
  it.each([
    ['electra', 1 + 4 + 1 + 2, 1],
    ['llama', 3 + 4 + 1 + 3, 3],
  ])(
    'runs no product below the attention of its lowest layer, in %s',
    async (family, layer, inputs) => {
      using backbone = family === 'llama' ? loadDecoder(family) : (await loadCase(family)).backbone;
      expect(backbone.geometry.numLayers).toBe(3);
      const headOnly = await productsOf(backbone, null);
      const [all, first] = [await productsOf(backbone, 'all'), await productsOf(backbone, [0])];
      const [second, third] = [await productsOf(backbone, [1]), await productsOf(backbone, [2])];
      for (const { forward } of [headOnly, first, second, third]) expect(forward).toBe(all.forward);
      // One more product leads out of the head.
      expect(third.backward).toBe(headOnly.backward + 1 + layer - inputs);
      expect(first.backward - second.backward).toBe(layer);
      expect(all.backward).toBe(first.backward);
    },
  );

  it('runs no product of the layers below at all where their states are remembered', async () => {
    using backbone = (await loadCase('electra')).backbone;
    const task = sequenceClassification({ labels: ['good', 'bad'] });
    using model = createModel({ backbone, method: windowMethod, config: { layers: [2] }, task });
    const examples = model.encode(rows);
    const cache = model.frozenCache({ examples, batchSize: 2, maxBytes: 1e6, folder: undefined });
    const frozen = (await cache?.states(examples)) ?? null;
    const whole = await countProducts(() => model.loss(examples, 1).sum);
    const rest = await countProducts(() => model.loss(examples, 1, frozen).sum);
    // Two layers of six products: queries, keys and values, scores, context, output and two maps.
    expect(whole - rest).toBe(2 * 6 + embeddingProducts);
  });
});
