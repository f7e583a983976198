import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { noDropout } from '../ops/dropout.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createCandidateHead } from './cloze/candidate-head.ts';
import type { VocabularyLayer } from './head.ts';
import type { TaskHead } from './task.ts';
import { isDecoder, loadLanguageModel, verbalizerModels } from './verbalized-case.ts';
import { createWordHead } from './word-head.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

/** Heads that score every word of the vocabulary for itself. */
const heads: Readonly<Record<string, (layer: VocabularyLayer, words: number) => TaskHead>> = {
  verbalizer: (vocabulary, words) =>
    createWordHead({
      vocabulary,
      tokens: Array.from({ length: words }, (_, id) => ({ id, label: id, mask: 0, weight: 1 })),
      labels: words,
    }),
  cloze: (vocabulary, words) =>
    createCandidateHead(
      vocabulary,
      Int32Array.from({ length: words }, (_, id) => id),
      'vocabulary',
    ),
};

/** What stands for all weights where they are trained. */
function doubled({ parameters, weight }: Backbone): ReadonlyMap<string, tf.Tensor> {
  return new Map(parameters.map(({ name }) => [name, tf.mul(weight(name), 2)]));
}

describe.each(verbalizerModels)('scores of the words of %s', (name) => {
  // A loss over labels cancels what all words have in common, and so says nothing of this.
  it.each(Object.keys(heads))(
    'are logarithms of probabilities, trained or not: %s',
    async (kind) => {
      using backbone = await loadLanguageModel(name);
      const { vocabulary, geometry } = backbone;
      if (!vocabulary) throw new TypeError('It has no layer for its words.');
      tf.tidy(() => {
        const head = heads[kind]?.(vocabulary, geometry.vocabularySize);
        const hidden = tf.randomNormal<tf.Rank.R3>([2, 1, geometry.hiddenSize], 0, 1, 'float32', 3);
        const [frozen, trained] = [new Map<string, tf.Tensor>(), doubled(backbone)].map(
          (weights) => {
            const logits = head?.logits(hidden, noDropout, weights) ?? tf.scalar(Number.NaN);
            const sums = tf.sum(tf.exp(logits), 1).dataSync();
            expect(sums).toBeAllClose([1, 1], { absolute: 1e-4 });
            return logits.dataSync();
          },
        );
        expect(trained, isDecoder(name) ? 'next words' : 'masked words').not.toEqual(frozen);
      });
    },
  );
});
