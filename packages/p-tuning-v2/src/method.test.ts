import { describeMethodContract } from '@ptl/core/testing';
import { pTuningV2 } from './index.ts';

// On the tiny backbones L = 2 and K = d = 8, so that each position has 2LK = 32 parameters; the
// encoder-decoder has three attention sites.
describeMethodContract(pTuningV2, {
  config: {},
  parameterCount: {
    'sequence-classification': 20 * 32,
    'token-classification': 32 * 32,
    'causal-language-modeling': 10 * 32,
    'sequence-to-sequence': 3 * 10 * 32,
    'question-answering': 16 * 32,
    'multiple-choice': 16 * 32,
  },
});

const mlp = 4 * 8 + 8 * 6 + 6 + 32 * 6 + 32;

describeMethodContract(pTuningV2, {
  config: { promptLength: 4, reparameterization: { hiddenSize: 6 } },
  parameterCount: perSite(mlp),
});

describeMethodContract(pTuningV2, {
  config: { promptLength: 4, layers: [1], layerGates: true },
  parameterCount: perSite(4 * 2 * 8 + 1),
});

describeMethodContract(pTuningV2, {
  config: { promptLength: [2, 5], dropout: 0 },
  parameterCount: perSite((2 + 5) * 2 * 8),
});

describeMethodContract(pTuningV2, {
  config: { promptLength: 4, layers: { first: 1 }, reparameterization: { hiddenSize: 6 } },
  parameterCount: perSite(4 * 8 + 8 * 6 + 6 + 2 * 8 * 6 + 2 * 8),
});

function perSite(count: number) {
  return {
    'sequence-classification': count,
    'token-classification': count,
    'causal-language-modeling': count,
    'question-answering': count,
    'multiple-choice': count,
    'sequence-to-sequence': 3 * count,
  };
}
