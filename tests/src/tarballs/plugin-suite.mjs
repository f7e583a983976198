import { describeMethodContract } from '@ptl/core/testing';
import { everyMember } from 'contract-1-plugin/every-member';
import { lowRankPrompt } from 'contract-1-plugin/low-rank-prompt';
import { sharedPrefix } from 'contract-1-plugin/shared-prefix';

const tasks = ['sequence-classification', 'causal-language-modeling'];

describeMethodContract(sharedPrefix, { config: { prefixLength: 3 }, parameterCount: 48 });
describeMethodContract(lowRankPrompt, {
  config: { promptLength: 5, rank: 2 },
  parameterCount: 26,
  tasks: ['sequence-to-sequence'],
});
describeMethodContract(everyMember, {
  config: {},
  parameterCount: 4 * 32 + 32 * 32 + 32 + 32,
  tasks,
});
