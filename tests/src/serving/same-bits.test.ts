import {
  createModel,
  createPredictor,
  loadBackbone,
  multipleChoice,
  sequenceClassification,
  tokenClassification,
  wordInContext,
} from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useTestEngine } from '../use-test-engine.ts';

const precisions = ['float32', 'bfloat16'] as const;
const words =
  'the quick brown fox jumps over a lazy dog and runs through the wood until it finds the river'.split(
    ' ',
  );
const rate = sequenceClassification({ labels: ['bad', 'fair', 'good'] });
const tag = tokenClassification({ labels: ['O', 'B-X'] });

/** A row for an adapter, of some words. */
function rowFor(adapter: string, own: readonly string[]): object {
  const text = own.join(' ');
  if (adapter === 'deep' || adapter === 'tags') return { tokens: own };
  if (adapter === 'choices')
    return { text, choices: own.slice(0, 2 + (own.length % 3)).concat('a dog', 'it') };
  const span = [0, own[0]?.length ?? 0];
  return adapter === 'words' ? { text, textPair: `${text} again`, span, spanPair: span } : { text };
}

describe('MiniLM on TensorFlow', () => {
  it.for(precisions)(
    'gives a row among those of other adapters the bits that it gives it alone, in %s',
    { timeout: 120_000 },
    async (precision, context) => {
      await useTestEngine('tensorflow', context);
      if (precision === 'bfloat16' && !tf.getKernel('PtlBfloat16EncoderLayer', 'tensorflow')) {
        context.skip('this processor has no AVX-512 BF16');
      }
      using backbone = await loadBackbone(undefined, { precision });
      const common = { backbone, task: rate };
      const models = {
        deep: createModel({ backbone, method: pTuningV2, config: { promptLength: 16 }, task: tag }),
        short: createModel({ ...common, method: pTuningV2, config: { promptLength: 5 }, seed: 2 }),
        prefix: createModel({ ...common, method: prefix, config: { prefixLength: 11 }, seed: 3 }),
        soft: createModel({
          ...common,
          method: promptTuning,
          config: { promptLength: 7 },
          seed: 4,
        }),
        tags: createModel({
          backbone,
          method: promptTuning,
          config: { promptLength: 3 },
          task: tag,
        }),
        template: createModel({ ...common, method: pTuning, seed: 5 }),
        choices: createModel({ backbone, method: pTuningV2, task: multipleChoice(), seed: 6 }),
        words: createModel({ backbone, method: prefix, task: wordInContext(), seed: 7 }),
      };
      using predictor = createPredictor({ backbone, adapters: models });
      const requests = Array.from({ length: 48 }, (_, index) => {
        const adapter = Object.keys(models)[index % 8] ?? '';
        const own = Array.from({ length: 1 + ((index * 5) % 37) }, (_, word) => {
          return words[(word * 3 + index) % words.length] ?? '';
        });
        return { adapter, row: rowFor(adapter, own) };
      });
      const together = await predictor.logits(requests);
      for (const [index, request] of requests.entries()) {
        expect((await predictor.logits([request]))[0], request.adapter).toEqual(together[index]);
      }
      const [first] = together;
      expect(first?.ok && first.value.shape).toEqual([3, 2]);
    },
  );
});
