import { describeMethodContract } from '@ptl/core/testing';
import { pTuning } from './index.ts';

// On the tiny backbone d = 8, so that h = 4 for the LSTM and 8 for the MLP.
const embeddings = 6 * 8;
const lstm = 8 * 4 * (8 + 4 + 2) + 8 * 4 * (3 * 4 + 2);
const lstmMlp = 2 * 4 * (2 * 4 + 1) + 8 * (2 * 4 + 1);

describeMethodContract(pTuning, { config: {}, parameterCount: embeddings + lstm + lstmMlp });

describeMethodContract(pTuning, {
  config: {
    template: '{prompt:2} {text} {prompt:1} it was {prompt:3}',
    encoderHiddenSize: 3,
    encoderLayers: 1,
    encoderDropout: 0.5,
  },
  parameterCount: embeddings + 8 * 3 * (8 + 3 + 2) + 6 * 7 + 8 * 7,
});

describeMethodContract(pTuning, {
  config: { encoder: 'mlp' },
  parameterCount: embeddings + 3 * 8 * 9,
});

describeMethodContract(pTuning, { config: { encoder: 'none' }, parameterCount: embeddings });

describeMethodContract(pTuning, {
  config: { placement: 'front', promptLength: 4, encoderHiddenSize: 3 },
  parameterCount:
    4 * 8 + 8 * 3 * (8 + 3 + 2) + 8 * 3 * (3 * 3 + 2) + 2 * 3 * (2 * 3 + 1) + 8 * (2 * 3 + 1),
});
