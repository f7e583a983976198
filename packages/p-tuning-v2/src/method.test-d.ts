import { createMethodRegistry, type TaskKind } from '@ptl/core';
import { expectTypeOf, it } from 'vitest';
import { type PTuningV2Config, pTuningV2 } from './index.ts';

const registry = createMethodRegistry([pTuningV2]);
type Config = Parameters<typeof registry.createTuner<'p-tuning-v2'>>[1];

it('gives the registry its name', () => {
  expectTypeOf(registry.names).toEqualTypeOf<readonly 'p-tuning-v2'[]>();
  // @ts-expect-error -- no method of this name was given.
  type Unknown = typeof registry.createTuner<'p-tuning-v2x'>;
  expectTypeOf<Unknown>().not.toBeNever();
});

it('takes the configs that its schema takes', () => {
  expectTypeOf<object>().toExtend<Config>();
  expectTypeOf<{ promptLength: 8 }>().toExtend<Config>();
  expectTypeOf<{ promptLength: number[]; layers: { last: 2 } }>().toExtend<Config>();
  expectTypeOf<{ layers: { middle: 2 } }>().not.toExtend<Config>();
  expectTypeOf<{ promptLength: { 'token-classification': 64 } }>().toExtend<Config>();
  expectTypeOf<{ promptLength: { 'question-answers': 8 } }>().not.toExtend<Config>();
});

it('has every default filled in when it is validated', () => {
  expectTypeOf<PTuningV2Config['promptLength']>().toEqualTypeOf<
    number | number[] | Record<TaskKind, number>
  >();
});
