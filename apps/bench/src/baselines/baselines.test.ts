import { createTuner, type TaskKind, type TuningMethod } from '@ptl/core';
import { createTinyBackbone, describeMethodContract } from '@ptl/core/testing';
import { describe, expect, it } from 'vitest';
import { biasOnly } from './bias-only.ts';
import { fullFineTuning } from './full-fine-tuning.ts';
import { headOnly } from './head-only.ts';
import { lastLayers } from './last-layers.ts';

// No variables of their own: what they train are copies of the backbone's weights, and the head.
const baseline = { parameterCount: 0, seeded: false };

describeMethodContract(headOnly, { ...baseline, config: {} });
describeMethodContract(biasOnly, { ...baseline, config: {} });
describeMethodContract(lastLayers, { ...baseline, config: { layers: 1 } });
describeMethodContract(fullFineTuning, { ...baseline, config: {} });

/** What a method unfreezes of the tiny BERT. */
function unfrozenBy(method: TuningMethod, config: object, kind: TaskKind): readonly string[] {
  using backbone = createTinyBackbone();
  const task = { kind, labels: ['a', 'b'] };
  using tuner = createTuner(method, config, { backbone, task, seed: 0 });
  return tuner.unfrozen ?? [];
}

// As `model.named_parameters()` of Transformers' BertForSequenceClassification and
// BertForTokenClassification lists them for two layers: 5 tensors of embeddings, 16 of each layer,
// and a pooler of 2 for sequences.
describe('what is unfrozen', () => {
  it('is nothing with the head only', () => {
    expect(unfrozenBy(headOnly, {}, 'sequence-classification')).toEqual([]);
  });

  it('is everything in full fine-tuning, but a pooler only where a task reads it', () => {
    expect(unfrozenBy(fullFineTuning, {}, 'sequence-classification')).toHaveLength(39);
    const forTokens = unfrozenBy(fullFineTuning, {}, 'token-classification');
    expect(forTokens).toHaveLength(37);
    expect(forTokens).toContain('embeddings.word_embeddings.weight');
  });

  it('is each bias and no weight with biases only', () => {
    const names = unfrozenBy(biasOnly, {}, 'sequence-classification');
    expect(names).toHaveLength(1 + 2 * 8 + 1);
    expect(names.every((name) => name.endsWith('.bias'))).toBe(true);
  });

  it('is the last layers and nothing else', () => {
    const names = unfrozenBy(lastLayers, { layers: 1 }, 'sequence-classification');
    expect(names).toHaveLength(16);
    expect(names.every((name) => name.startsWith('encoder.layer.1.'))).toBe(true);
    expect(unfrozenBy(lastLayers, { layers: 9 }, 'token-classification')).toHaveLength(32);
  });
});
