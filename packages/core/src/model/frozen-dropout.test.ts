import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createDropout } from '../ops/dropout.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { collate } from '../tokenizer/collate.ts';
import { createModel } from './create-model.ts';
import { windowMethod } from './window-method.ts';

expect.extend({ toBeAllClose });

const backbone = createTinyBackbone();
const rows = [
  { text: 'the film was good', label: 'good' },
  { text: 'a long bad time', label: 'bad' },
] as const;
const seed = 5;

function modelWith(frozenDropout: boolean, activationCheckpointing = false) {
  return createModel({
    backbone,
    method: windowMethod,
    config: { layers: 'all', frozenDropout },
    task: sequenceClassification({ labels: ['good', 'bad'] }),
    activationCheckpointing,
  });
}

/** The loss and the gradients of all variables. */
function learn(model: ReturnType<typeof modelWith>): number[][] {
  return tf.tidy(() => {
    const variables = [...model.trainableVariables.values()];
    const { value, grads } = tf.variableGrads(
      () => model.loss(model.encode(rows), seed).sum,
      variables,
    );
    return [value, ...variables.map(({ name }) => grads[name] ?? tf.scalar(Number.NaN))].map(
      (tensor) => [...tensor.dataSync()],
    );
  });
}

describe('the dropout of the frozen backbone', () => {
  it.each([true, false])('is that of its pretraining where a tuner asks for it: %s', (isAsked) => {
    using model = modelWith(isAsked);
    const { tuner, head, task } = model.parts;
    const examples = model.encode(rows).map(({ example }) => example);
    tf.tidy(() => {
      const batch = collate(
        examples.map(({ row }) => row),
        backbone.tokenizer.special.pad,
      );
      const dropout = createDropout(seed);
      const prompt = tuner.prompt({ batchSize: 2, training: true, dropout });
      const read = 'summary';
      const hidden = backbone.forward(batch, prompt, isAsked ? { dropout, read } : { read });
      const { sum } = task.loss(head.logits(hidden, dropout), examples, batch);
      expect(learn(model)[0]).toBeAllClose(sum.dataSync());
    });
  });

  it('draws the same values when what it dropped is computed again', () => {
    using model = modelWith(true);
    using recomputing = modelWith(true, true);
    for (const [place, values] of learn(recomputing).entries()) {
      expect(values).toBeAllClose(learn(model)[place] ?? [], { absolute: 1e-5 });
    }
  });

  it('leaves predictions alone', async () => {
    using dropping = modelWith(true);
    using still = modelWith(false);
    expect(await dropping.logits(rows)).toEqual(await still.logits(rows));
  });
});
