import { createMethodRegistry } from '@ptl/core';
import { expectTypeOf, it } from 'vitest';
import { type PTuningConfig, pTuning } from './index.ts';

const registry = createMethodRegistry([pTuning]);
type Config = Parameters<typeof registry.createTuner<'p-tuning'>>[1];

it('gives the registry its name', () => {
  expectTypeOf(registry.names).toEqualTypeOf<readonly 'p-tuning'[]>();
  // @ts-expect-error -- no method of this name was given.
  type Unknown = typeof registry.createTuner<'p-tuningx'>;
  expectTypeOf<Unknown>().not.toBeNever();
});

it('takes the configs that its schema takes', () => {
  expectTypeOf<object>().toExtend<Config>();
  expectTypeOf<Config>().toExtend<{ template?: string | null | undefined }>();
  expectTypeOf<{ placement: 'front'; promptLength: 4 }>().toExtend<Config>();
  expectTypeOf<{ placement: 'middle' }>().not.toExtend<Config>();
  expectTypeOf<{ encoder: 'mlp'; encoderHiddenSize: null }>().toExtend<Config>();
  expectTypeOf<{ encoder: 'gru' }>().not.toExtend<Config>();
});

it('has every default filled in when it is validated', () => {
  expectTypeOf<PTuningConfig['encoderHiddenSize']>().toEqualTypeOf<number | null>();
  expectTypeOf<
    Extract<PTuningConfig, { template: null }>['promptLength']
  >().toEqualTypeOf<number>();
});
