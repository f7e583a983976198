import { parseConfig } from '@ptl/core';
import { describeMethodContract } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { lowRankPrompt } from './index.ts';

// On the tiny backbones an embedding has 8 numbers.
describeMethodContract(lowRankPrompt, {
  config: { promptLength: 5, rank: 2 },
  parameterCount: (5 + 8) * 2,
});

it('refuses a rank that its matrices cannot have', () => {
  const parse = (config: object) => parseConfig('test', lowRankPrompt.configSchema, config);
  expect(() => parse({ promptLength: 4, rank: 5 })).toThrow(/rank: Expected no more than/);
  expect(parse({ promptLength: 4, rank: 4 })).toEqual({ promptLength: 4, rank: 4 });
});
