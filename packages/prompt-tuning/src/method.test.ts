import { describeMethodContract } from '@ptl/core/testing';
import { promptTuning } from './index.ts';

const parameterCount = 5 * 8;

const template = '{prompt:2} {text} it was {prompt:3}';

for (const placement of ['front', 'after-first', 'end', { template }] as const) {
  describeMethodContract(promptTuning, { config: { promptLength: 5, placement }, parameterCount });
}

describeMethodContract(promptTuning, {
  config: { promptLength: 5, initialization: { kind: 'text', text: 'a good film' } },
  parameterCount,
  seeded: false,
});

for (const kind of ['labels', 'uniform', 'normal'] as const) {
  describeMethodContract(promptTuning, {
    config: { promptLength: 5, initialization: { kind } },
    parameterCount,
  });
}

// With d = 8: h = 4 where it is half of it.
describeMethodContract(promptTuning, {
  config: { promptLength: 5, reparameterization: { kind: 'lstm' } },
  parameterCount:
    parameterCount +
    8 * 4 * (8 + 4 + 2) +
    8 * 4 * (3 * 4 + 2) +
    2 * 4 * (2 * 4 + 1) +
    8 * (2 * 4 + 1),
});

describeMethodContract(promptTuning, {
  config: {
    promptLength: 5,
    reparameterization: { kind: 'lstm', hiddenSize: 3, layers: 1, residual: false },
  },
  parameterCount: parameterCount + 8 * 3 * (8 + 3 + 2) + 6 * 7 + 8 * 7,
});
