import { expect, it } from 'vitest';
import { parseMethodName } from './method-name.ts';
import { RequestError } from './request-error.ts';

it.each([
  ['prefix', 'prefix', 'Prefix'],
  ['low-rank-prompt', 'lowRankPrompt', 'LowRankPrompt'],
  ['p-tuning-v2', 'pTuningV2', 'PTuningV2'],
  ['prompt-2-prompt', 'prompt2Prompt', 'Prompt2Prompt'],
])('writes %s as %s and %s', (kebab, camel, pascal) => {
  expect(parseMethodName(kebab)).toEqual({ kebab, camel, pascal });
});

it.each([
  ['', 'is not in kebab-case'],
  ['Prefix', 'is not in kebab-case'],
  ['soft_prefix', 'is not in kebab-case'],
  ['soft--prefix', 'is not in kebab-case'],
  ['-prefix', 'is not in kebab-case'],
  ['2-prompts', 'is not in kebab-case'],
  ['../prefix', 'is not in kebab-case'],
  ['@me/prefix', 'is not in kebab-case'],
  ['a'.repeat(65), 'is longer than 64 characters'],
  ['delete', 'is a word of JavaScript'],
  ['define-method', 'would be "defineMethod" in code'],
])('refuses "%s": it %s', (name, reason) => {
  expect(() => parseMethodName(name)).toThrow(RequestError);
  expect(() => parseMethodName(name)).toThrow(reason);
});
