import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { headFor } from '../model/head-for.ts';
import { noDropout } from '../ops/dropout.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { hashed } from '../testing/hashed-weights.ts';
import {
  batchOf,
  type Case,
  families,
  gradientsOf,
  loadCase,
  prefixOf,
  promptLength,
  realOnly,
  shortName,
  stored,
  tokensOf,
} from './encoder-case.ts';

expect.extend({ toBeAllClose });

function expectEqual(actual: tf.Tensor3D, { reference }: Case, name: string, bare: Batch): void {
  const expected = tf.tensor3d(reference.float32(name), actual.shape);
  const wanted = realOnly(expected, bare);
  expect(realOnly(actual, bare)).toBeAllClose(wanted, { absolute: 1e-5, relative: 0 });
}

function isHead(name: string): boolean {
  return /^(pooler|classifier)\./.test(name);
}

describe.each(['cpu', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(families)('%s gives the hidden states of Transformers', async (family) => {
    const loaded = await loadCase(family);
    using backbone = loaded.backbone;
    for (const name of ['batch', 'single']) {
      const batch = batchOf(loaded.reference, name);
      const hidden = backbone.forward(batch, { kind: 'none' });
      expectEqual(hidden, loaded, `${name}.hidden`, batch);
    }
  });

  it.each(families)(
    '%s does so behind a prefix, and its gradients are those of PyTorch',
    async (family) => {
      const loaded = await loadCase(family);
      using backbone = loaded.backbone;
      const { reference } = loaded;
      const batch = batchOf(reference, 'batch');
      const prefix = ['keys', 'values'].map((part) => stored(reference, `prefix.${part}`));
      const forward = (given: tf.Tensor[]) => backbone.forward(batch, prefixOf(given));
      expectEqual(forward(prefix), loaded, 'prefix.hidden', batch);
      for (const [index, gradient] of gradientsOf(forward, prefix, batch).entries()) {
        const wanted = reference.float32(`prefix.gradient.${index === 0 ? 'keys' : 'values'}`);
        expect(gradient.dataSync()).toBeAllClose(wanted, { absolute: 2e-5, relative: 1e-4 });
      }
    },
  );

  it.each(families)('%s does so behind virtual tokens, with their gradients', async (family) => {
    const loaded = await loadCase(family);
    using backbone = loaded.backbone;
    const { reference } = loaded;
    const bare = batchOf(reference, 'batch');
    const batch = batchOf(reference, 'batch', { slots: promptLength });
    const vectors = stored(reference, 'prompt.vectors');
    const forward = ([given]: tf.Tensor[]) => backbone.forward(batch, tokensOf(given ?? vectors));
    expectEqual(forward([vectors]), loaded, 'prompt.hidden', bare);
    const [gradient] = gradientsOf(forward, [vectors], bare);
    const wanted = reference.float32('prompt.gradient');
    expect(gradient?.dataSync()).toBeAllClose(wanted, { absolute: 2e-5, relative: 1e-4 });
  });

  it.each(families)('%s gives each of its weights the gradient of PyTorch', async (family) => {
    const { backbone, reference, weights } = await loadCase(family);
    const batch = batchOf(reference, 'batch');
    const slopes = reference.float32('weights.slopes');
    const expected = new Map(
      [...weights.names].map((name, i) => [shortName(name), slopes[i] ?? 0]),
    );
    const names = backbone.parameters.map(({ name }) => name).filter((name) => !isHead(name));
    const forward = (given: tf.Tensor[]) => {
      const trained = new Map(names.map((name, index) => [name, given[index] as tf.Tensor]));
      return backbone.forward(batch, { kind: 'none' }, { weights: trained });
    };
    const gradients = gradientsOf(forward, names.map(backbone.weight), batch);
    for (const [index, gradient] of gradients.entries()) {
      const name = names[index] ?? '';
      const saved = weights.names.find((candidate) => shortName(candidate) === name) ?? '';
      const along = tf.tensor(hashed(`along ${saved}`, gradient.shape), gradient.shape);
      const [slope = Number.NaN] = tf.sum(tf.mul(gradient, along)).dataSync();
      const wanted = expected.get(name) ?? Number.NaN;
      expect(Math.abs(slope - wanted), name).toBeLessThan(2e-4 + 2e-4 * Math.abs(wanted));
    }
    backbone[Symbol.dispose]();
  });

  it.each(families)('%s gives the logits of its classifier in Transformers', async (family) => {
    const { backbone, reference, weights } = await loadCase(family);
    using variables = new VariableStore('head', 1);
    const task = sequenceClassification({ labels: ['a', 'b', 'c'] });
    const geometry = headFor(backbone, 'sequence-classification');
    const head = task.createHead({ backbone: backbone.geometry, head: geometry, variables });
    for (const [name, variable] of variables.variables) {
      const values = weights.float32(name.replace('/', '.'));
      variable.assign(tf.tensor(values, variable.shape));
    }
    const hidden = backbone.forward(batchOf(reference, 'batch'), { kind: 'none' });
    const wanted = reference.float32('batch.logits');
    expect(head.logits(hidden, noDropout).dataSync()).toBeAllClose(wanted, { absolute: 1e-5 });
    backbone[Symbol.dispose]();
  });
});
