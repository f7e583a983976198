import { describeMethodContract } from '@ptl/core/testing';
import { prefix } from './index.ts';

// On the tiny backbone L = 2 and K = d = 8.
const direct = 2 * 4 * 2 * 8;
const mlp = 4 * 8 + 8 * 6 + 6 + 2 * 2 * 8 * 6 + 2 * 2 * 8;

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
  seeded: false,
});

describeMethodContract(prefix, {
  config: {
    prefixLength: 4,
    reparameterization: { hiddenSize: 6 },
    initialization: { text: 'it' },
  },
  parameterCount: mlp,
});

describeMethodContract(prefix, {
  config: { prefixLength: 4, reparameterization: null, layers: { last: 1 }, layerGates: true },
  parameterCount: 4 * 2 * 8 + 1,
});

describeMethodContract(prefix, {
  config: { prefixLength: [2, 5], reparameterization: null },
  parameterCount: (2 + 5) * 2 * 8,
});

describeMethodContract(prefix, {
  config: {
    prefixLength: [2, 4],
    reparameterization: { hiddenSize: 6 },
    initialization: { text: 'a good film' },
    layerGates: true,
  },
  parameterCount: mlp + 2,
});
