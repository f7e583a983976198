import { expect, it } from 'vitest';
import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import { taskKinds } from '../contract/method.ts';
import { createContractBackbone } from './contract-backbone.ts';
import { testedKinds } from './tested-kinds.ts';

const all = ['encoder', 'decoder', 'encoder-decoder'] as const;

function methodFor(architectures: readonly BackboneArchitecture[]) {
  return { name: 'some', architectures, tasks: taskKinds };
}

it.each([
  [all, 'sequence-classification', 'encoder'],
  [all, 'causal-language-modeling', 'decoder'],
  [all, 'sequence-to-sequence', 'encoder-decoder'],
  [['decoder'], 'sequence-classification', 'decoder'],
  [['encoder-decoder'], 'question-answering', 'encoder-decoder'],
] as const)('tests a method for %j backbones and %s on the tiny %s', (served, kind, expected) => {
  using backbone = createContractBackbone(methodFor(served), kind);
  expect(backbone.geometry).toMatchObject({
    architecture: expected,
    numLayers: 2,
    numHeads: 2,
    headSize: 4,
    hiddenSize: 8,
    maxPositions: 64,
  });
});

it('tests every kind that the architectures of a method can do', () => {
  expect(testedKinds(methodFor(all), { parameterCount: 1 })).toEqual(taskKinds);
  const kinds = testedKinds(methodFor(['encoder']), { parameterCount: 1 });
  const others = ['causal-language-modeling', 'sequence-to-sequence'];
  expect(kinds).toEqual(taskKinds.filter((kind) => !others.includes(kind)));
});

it('tests those only that parameters are counted for, or that are asked for', () => {
  const parameterCount = { 'question-answering': 1, 'token-classification': 2 };
  const counted = testedKinds(methodFor(all), { parameterCount });
  expect(counted).toEqual(['token-classification', 'question-answering']);
  const tasks = ['question-answering'] as const;
  expect(testedKinds(methodFor(all), { parameterCount, tasks })).toEqual(tasks);
});

it('refuses to test nothing', () => {
  const parameterCount = { 'causal-language-modeling': 1 };
  const untested = () => testedKinds(methodFor(['encoder']), { parameterCount });
  expect(untested).toThrow('No kind of task is left to test "some".');
  const impossible = () => createContractBackbone(methodFor(['encoder']), 'sequence-to-sequence');
  expect(impossible).toThrow('The method serves no backbone that does sequence-to-sequence.');
});
