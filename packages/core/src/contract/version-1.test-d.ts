import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Rank, ShapeMap, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { describeMethodContract, MethodContractOptions } from '../testing/method-contract.ts';
import type { ConfigInput, ConfigOutput, ConfigSchema } from './config-schema.ts';
import type { isPtlError, PtlError } from './errors.ts';
import type {
  BackboneArchitecture,
  BackboneGeometry,
  BackboneParameter,
  FrozenBackbone,
} from './frozen-backbone.ts';
import type { normal, uniform } from './initializers.ts';
import type { invalidOption } from './invalid-option.ts';
import type { joinLayerPrefixes, prefixWidth, splitLayerPrefixes } from './layer-prefixes.ts';
import type { PromptLayout, slotCount } from './layout.ts';
import type {
  defineMethod,
  PromptRequest,
  TaskInfo,
  TaskKind,
  Tuner,
  TunerContext,
  TuningMethod,
} from './method.ts';
import type { AttentionSite, LayerPrefix, Prompt } from './prompt.ts';
import type { deriveSeed } from './seed.ts';
import type { createTrainableLinear } from './trainable-linear.ts';
import type { VariableStore } from './variable-store.ts';
import type * as v1 from './version-1.ts';

type Schema = StandardSchemaV1<{ readonly size?: number }, { readonly size: number }>;
type Config = { readonly size: number };
type Given = v1.Given<Config>;
/** Members of a union one by one, where `keyof` gives those that all have. */
type KeysOf<T> = T extends unknown ? keyof T : never;

// A member that is no longer looked at goes unnoticed where types are only assigned: so are its keys.

describe('what a method of version 1 gives', () => {
  it('is a method', () => {
    type Method = v1.TuningMethod<'some', Schema, VariableStore>;
    expectTypeOf<Method>().toExtend<TuningMethod<'some', Schema>>();
    expectTypeOf<TuningMethod<'some', Schema>>().toExtend<TuningMethod>();
    expectTypeOf<keyof Method>().toExtend<keyof TuningMethod>();
    expectTypeOf<ReturnType<typeof defineMethod<'some', Schema>>>().toExtend<
      Pick<Method, 'apiVersion' | 'name' | 'configSchema'>
    >();
    type Defined = Parameters<typeof defineMethod<'some', Schema>>[0];
    expectTypeOf<Omit<Method, 'apiVersion'>>().toExtend<Defined>();
  });

  it('is a tuner', () => {
    expectTypeOf<v1.Tuner<VariableStore>>().toExtend<Tuner>();
    expectTypeOf<keyof v1.Tuner<VariableStore>>().toExtend<keyof Tuner>();
  });

  it('is a prompt with a layout', () => {
    expectTypeOf<v1.Prompt>().toExtend<Prompt>();
    expectTypeOf<KeysOf<v1.Prompt>>().toExtend<KeysOf<Prompt>>();
    expectTypeOf<v1.LayerPrefix>().toExtend<LayerPrefix>();
    expectTypeOf<keyof v1.LayerPrefix>().toExtend<keyof LayerPrefix>();
    expectTypeOf<v1.PromptLayout>().toExtend<PromptLayout>();
    expectTypeOf<v1.PromptLayout>().toExtend<Parameters<typeof slotCount>[0]>();
  });

  it('has names that are still known', () => {
    expectTypeOf<v1.Names['site']>().toExtend<AttentionSite>();
    expectTypeOf<v1.Names['architecture']>().toExtend<BackboneArchitecture>();
    expectTypeOf<v1.Names['kind']>().toExtend<TaskKind>();
  });

  it('can be tested', () => {
    type Options = v1.SuiteOptions<{ readonly size?: number }>;
    expectTypeOf<Options>().toExtend<MethodContractOptions<Schema>>();
    expectTypeOf<keyof Options>().toExtend<keyof MethodContractOptions<Schema>>();
    type Suite = typeof describeMethodContract<'some', Schema>;
    type Method = v1.TuningMethod<'some', Schema, VariableStore>;
    expectTypeOf<Suite>().toExtend<(method: Method, options: Options) => void>();
  });
});

describe('what a method of version 1 is given', () => {
  it('is a context', () => {
    expectTypeOf<TunerContext<Config>>().toExtend<Given['context']>();
    expectTypeOf<keyof Given['context']>().toExtend<keyof TunerContext<Config>>();
    expectTypeOf<keyof Given['context']['task']>().toExtend<keyof TaskInfo>();
  });

  it('is a frozen backbone', () => {
    expectTypeOf<FrozenBackbone>().toExtend<Given['backbone']>();
    expectTypeOf<BackboneGeometry>().toExtend<Given['geometry']>();
    type Parameter = Given['backbone']['parameters'][number];
    expectTypeOf<keyof Parameter>().toExtend<keyof BackboneParameter>();
    expectTypeOf<LayerPrefix>().toExtend<v1.LayerPrefix>();
  });

  it('is a store of variables', () => {
    expectTypeOf<VariableStore>().toExtend<Given['variables']>();
    type Constructor = new (owner: string, seed: number) => Given['variables'];
    expectTypeOf<typeof VariableStore>().toExtend<Constructor>();
  });

  it('is a request for a prompt', () => {
    expectTypeOf<PromptRequest>().toExtend<Given['request']>();
  });
});

describe('what a method of version 1 calls', () => {
  it('draws values', () => {
    type Draw = <R extends Rank>(shape: ShapeMap[R], spread: number, seed: number) => Tensor<R>;
    expectTypeOf<typeof normal>().toExtend<Draw>();
    expectTypeOf<typeof uniform>().toExtend<Draw>();
    expectTypeOf<typeof deriveSeed>().toExtend<(seed: number, name: string) => number>();
  });

  it('takes prefixes apart and together', () => {
    type Sizes = Pick<Given['geometry'], 'numLayers' | 'numKeyValueHeads' | 'headSize'>;
    type Split = (flat: Tensor2D, geometry: Sizes) => v1.LayerPrefix[];
    expectTypeOf<typeof splitLayerPrefixes>().toExtend<Split>();
    type Join = (layers: readonly v1.LayerPrefix[]) => Tensor2D;
    expectTypeOf<typeof joinLayerPrefixes>().toExtend<Join>();
    expectTypeOf<typeof prefixWidth>().toExtend<(geometry: Sizes) => number>();
  });

  it('makes a linear layer', () => {
    interface Layer {
      readonly weight: Variable<Rank.R2>;
      readonly bias: Variable<Rank.R1>;
      apply(x: Tensor2D): Tensor2D;
    }
    interface Options {
      readonly inputs: number;
      readonly outputs: number;
      readonly standardDeviation?: number;
    }
    type Create = (variables: VariableStore, name: string, options: Options) => Layer;
    expectTypeOf<typeof createTrainableLinear>().toExtend<Create>();
    expectTypeOf<keyof Options>().toExtend<keyof Parameters<typeof createTrainableLinear>[2]>();
  });

  it('fails with errors', () => {
    type Invalid = (subject: string, path: string, message: string) => Error;
    expectTypeOf<typeof invalidOption>().toExtend<Invalid>();
    interface Facts {
      readonly method: string;
      readonly backbone: string;
      readonly reason: string;
    }
    type Incompatible = new (code: 'METHOD_INCOMPATIBLE', message: string, facts: Facts) => Error;
    expectTypeOf<typeof PtlError<'METHOD_INCOMPATIBLE'>>().toExtend<Incompatible>();
    expectTypeOf<PtlError['code']>().toExtend<string>();
    expectTypeOf<typeof isPtlError>().toExtend<(value: unknown) => boolean>();
  });

  it('infers types from a schema', () => {
    expectTypeOf<Schema>().toExtend<ConfigSchema>();
    expectTypeOf<ConfigInput<Schema>>().toEqualTypeOf<{ readonly size?: number }>();
    expectTypeOf<ConfigOutput<Schema>>().toEqualTypeOf<Config>();
  });
});
