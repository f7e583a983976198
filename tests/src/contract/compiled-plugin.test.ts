import { createMethodRegistry, createModel, isPtlError, sequenceClassification } from '@ptl/core';
import { createTinyBackbone, describeMethodContract } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { everyMember } from '../../fixtures/contract-1/lib/every-member.mjs';
import { lowRankPrompt } from '../../fixtures/contract-1/lib/low-rank-prompt.mjs';
import { sharedPrefix } from '../../fixtures/contract-1/lib/shared-prefix.mjs';

/*
 * A package that was compiled on the day version 1 of the contract was frozen, against the present
 * core: what runs is here, and that its declarations still fit is what compiling this file shows.
 * Nothing here is changed when core grows.
 */

// On the tiny backbones a prefix has 2 layers * 2 * 8 columns, and an embedding 8.
const linear = (width: number) => 4 * width + width * width + width + width;

describeMethodContract(sharedPrefix, {
  config: { prefixLength: 3 },
  parameterCount: 2 * 3 * 2 * 4,
});

describeMethodContract(lowRankPrompt, {
  config: { promptLength: 5, rank: 2 },
  parameterCount: (5 + 8) * 2,
});

describeMethodContract(everyMember, {
  config: { prompt: 'tokens' },
  parameterCount: linear(8),
  tasks: [
    'sequence-classification',
    'token-classification',
    'causal-language-modeling',
    'sequence-to-sequence',
    'question-answering',
  ],
});

describeMethodContract(everyMember, {
  config: { prompt: 'prefixes', lastBias: true },
  parameterCount: {
    'sequence-classification': linear(32),
    'token-classification': linear(32),
    'causal-language-modeling': linear(32),
  },
});

it('goes into a registry with its names and configs', () => {
  const registry = createMethodRegistry([everyMember, lowRankPrompt, sharedPrefix]);
  expect(registry.names).toEqual(['every-member', 'low-rank-prompt', 'shared-prefix']);
  using backbone = createTinyBackbone();
  const task = { kind: 'sequence-classification', labels: ['bad', 'good'] } as const;
  using tuner = registry.createTuner('low-rank-prompt', { rank: 3 }, { backbone, task, seed: 1 });
  expect(tuner.promptLength).toBe(20);
});

it('makes models that train and predict', async () => {
  using backbone = createTinyBackbone();
  const task = sequenceClassification({ labels: ['bad', 'good'] });
  const config = { promptLength: 3, text: 'good' };
  using model = createModel({ backbone, method: everyMember, config, task });
  const [prediction] = await model.predict([{ text: 'a good film' }]);
  expect(['bad', 'good']).toContain(prediction?.label);
});

it('fails with codes of core and of its own', () => {
  using backbone = createTinyBackbone();
  const task = sequenceClassification({ labels: ['bad', 'good'] });
  const codes = [{ promptLength: 64 }, { text: '' }].map((config) => {
    try {
      createModel({ backbone, method: everyMember, config, task });
    } catch (error) {
      if (isPtlError(error)) return error.code;
    }
    return undefined;
  });
  expect(codes).toEqual(['CONFIG_INVALID', 'EVERY_MEMBER_TEXT_EMPTY']);
});
