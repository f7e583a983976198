import { describeMethodContract } from '@ptl/core/testing';
import { prefix } from './index.ts';

// On the tiny backbones L = 2 and K = d = 8; the encoder-decoder has three attention sites.
const direct = perSite(2 * 4 * 2 * 8);
const mlp = perSite(4 * 8 + 8 * 6 + 6 + 2 * 2 * 8 * 6 + 2 * 2 * 8);
const oneSite = [
  'sequence-classification',
  'token-classification',
  'causal-language-modeling',
] as const;

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

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: null },
  parameterCount: direct,
});

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: { hiddenSize: 6 }, dropout: 0.2 },
  parameterCount: mlp,
});

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: { hiddenSize: 6 }, initialization: 'zero' },
  parameterCount: mlp,
  seeded: false,
});

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: null, initialization: { text: 'a good film' } },
  parameterCount: direct,
  tasks: oneSite,
  seeded: false,
});

describeMethodContract(prefix, {
  config: {
    prefixLength: 4,
    reparameterization: { hiddenSize: 6 },
    initialization: { text: 'it' },
  },
  parameterCount: mlp,
  tasks: oneSite,
});

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: null, sites: ['decoder', 'cross'] },
  parameterCount: 2 * direct['token-classification'],
  tasks: ['sequence-to-sequence'],
});

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: null, layers: { last: 1 }, layerGates: true },
  parameterCount: perSite(4 * 2 * 8 + 1),
});

describeMethodContract(prefix, {
  config: { prefixLength: [2, 5], reparameterization: null },
  parameterCount: perSite((2 + 5) * 2 * 8),
});

describeMethodContract(prefix, {
  config: {
    prefixLength: [2, 4],
    reparameterization: { hiddenSize: 6 },
    initialization: { text: 'a good film' },
    layerGates: true,
  },
  parameterCount: perSite(mlp['token-classification'] + 2),
  tasks: oneSite,
});
