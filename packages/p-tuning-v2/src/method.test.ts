import { describeMethodContract } from '@ptl/core/testing';
import { pTuningV2 } from './index.ts';

// On the tiny backbone L = 2 and K = d = 8, so that each position has 2LK = 32 parameters.
describeMethodContract(pTuningV2, {
  config: {},
  parameterCount: {
    'sequence-classification': 20 * 32,
    'token-classification': 32 * 32,
    'causal-language-modeling': 10 * 32,
    'question-answering': 16 * 32,
  },
});

describeMethodContract(pTuningV2, {
  config: { promptLength: 4, reparameterization: { hiddenSize: 6 } },
  parameterCount: 4 * 8 + 8 * 6 + 6 + 32 * 6 + 32,
});
