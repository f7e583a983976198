import { createMethodRegistry } from '@ptl/core';
import { expectTypeOf, it } from 'vitest';
import { type PromptTuningConfig, promptTuning } from './index.ts';

const registry = createMethodRegistry([promptTuning]);
type Config = Parameters<typeof registry.createTuner<'prompt-tuning'>>[1];

it('gives the registry its name', () => {
  expectTypeOf(registry.names).toEqualTypeOf<readonly 'prompt-tuning'[]>();
  // @ts-expect-error -- no method of this name was given.
  type Unknown = typeof registry.createTuner<'prompt-tuningx'>;
  expectTypeOf<Unknown>().not.toBeNever();
});

it('takes the configs that its schema takes', () => {
  expectTypeOf<object>().toExtend<Config>();
  expectTypeOf<Config>().toExtend<{ promptLength?: number | undefined }>();
  expectTypeOf<{ initialization: { kind: 'labels' } }>().toExtend<Config>();
  expectTypeOf<{ initialization: { kind: 'text' } }>().not.toExtend<Config>();
  expectTypeOf<{ placement: 'behind' }>().not.toExtend<Config>();
});

it('has every default filled in when it is validated', () => {
  expectTypeOf<PromptTuningConfig['placement']>().toEqualTypeOf<
    'front' | 'after-first' | 'end' | { template: string }
  >();
});
