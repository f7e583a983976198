import { describeMethodContract } from '@ptl/core/testing';
import { sharedPrefix } from './shared-prefix.ts';

// The suite's backbone has two layers with two heads of four.
describeMethodContract(sharedPrefix, {
  config: { prefixLength: 3 },
  parameterCount: 2 * 3 * 2 * 4,
});
