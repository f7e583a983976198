import { describeMethodContract } from '@ptl/core/testing';
import { promptTuning } from './index.ts';

const parameterCount = 5 * 8;

for (const placement of ['front', 'after-first', 'end'] as const) {
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
