import { createMethodRegistry } from '@ptl/core';
import { expectTypeOf, it } from 'vitest';
import { type PrefixConfig, prefix } from './index.ts';

const registry = createMethodRegistry([prefix]);
type Config = Parameters<typeof registry.createTuner<'prefix'>>[1];

it('gives the registry its name', () => {
  expectTypeOf(registry.names).toEqualTypeOf<readonly 'prefix'[]>();
  // @ts-expect-error -- no method of this name was given.
  type Unknown = typeof registry.createTuner<'prefixx'>;
  expectTypeOf<Unknown>().not.toBeNever();
});

it('takes the configs that its schema takes', () => {
  expectTypeOf<object>().toExtend<Config>();
  expectTypeOf<Config>().toExtend<{ prefixLength?: number | number[] | undefined }>();
  expectTypeOf<{ layers: number[]; layerGates: true }>().toExtend<Config>();
  expectTypeOf<{ layers: { middle: 2 } }>().not.toExtend<Config>();
  expectTypeOf<{ initialization: { text: string } }>().toExtend<Config>();
  expectTypeOf<{ reparameterization: null }>().toExtend<Config>();
  expectTypeOf<{ initialization: 'ones' }>().not.toExtend<Config>();
});

it('has every default filled in when it is validated', () => {
  expectTypeOf<PrefixConfig['reparameterization']>().toEqualTypeOf<{ hiddenSize: number } | null>();
});
