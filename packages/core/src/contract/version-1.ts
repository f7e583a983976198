import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Rank, Tensor, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs';

/*
 * The types of version 1 of the method contract as plugins were compiled against them, for
 * `version-1.test-d.ts`. Nothing here is ever changed: not to follow the contract, which may grow,
 * and least of all to make that test pass.
 */

type Site = 'encoder' | 'decoder' | 'cross';
type Architecture = 'encoder' | 'decoder' | 'encoder-decoder';
type Kind =
  | 'sequence-classification'
  | 'token-classification'
  | 'causal-language-modeling'
  | 'sequence-to-sequence'
  | 'question-answering';

/** Names that a method may use. More of them may come. */
export interface Names {
  readonly site: Site;
  readonly architecture: Architecture;
  readonly kind: Kind;
}

/** What core gives to a method. Names are plain strings here, because there may be new ones. */
export interface Given<Config> {
  readonly context: {
    readonly backbone: Given<Config>['backbone'];
    readonly task: {
      readonly kind: string;
      readonly labels: readonly string[];
      readonly readout?: string;
    };
    readonly config: Config;
    readonly variables: Given<Config>['variables'];
  };
  readonly backbone: {
    readonly geometry: Given<Config>['geometry'];
    readonly parameters: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly layer: number | null;
      readonly head?: string;
    }[];
    embeddingsOf(ids: readonly number[]): Tensor2D;
    keysAndValuesOf(ids: readonly number[]): LayerPrefix[];
    tokenize(text: string): readonly number[];
    frequentTokens(count: number): readonly number[];
  };
  readonly geometry: {
    readonly id: string;
    readonly family: string;
    readonly architecture: string;
    readonly attentionSites: readonly string[];
    readonly numLayers: number;
    readonly numHeads: number;
    readonly numKeyValueHeads: number;
    readonly headSize: number;
    readonly hiddenSize: number;
    readonly embeddingSize: number;
    readonly vocabularySize: number;
    readonly maxPositions: number;
  };
  readonly variables: Disposable & {
    create<R extends Rank>(name: string, initialize: (seed: number) => Tensor<R>): Variable<R>;
    readonly variables: ReadonlyMap<string, Variable>;
    readonly parameterCount: number;
  };
  readonly request: {
    readonly batchSize: number;
    readonly training: boolean;
    readonly dropout: <T extends Tensor>(tensor: T, rate: number, name: string) => T;
  };
}

export interface LayerPrefix {
  readonly keys: Tensor3D | Tensor4D;
  readonly values: Tensor3D | Tensor4D;
  readonly lengths?: readonly number[];
}

export type Prompt =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'virtual-tokens';
      readonly embeddings: Tensor2D | Tensor3D;
      readonly decoder?: Tensor2D | Tensor3D;
    }
  | {
      readonly kind: 'layer-prefixes';
      readonly sites: Readonly<Partial<Record<Site, readonly (LayerPrefix | null)[]>>>;
      readonly lengths?: readonly number[];
    };

type TemplatePart =
  | { readonly kind: 'prompt'; readonly length: number }
  | {
      readonly kind: 'field';
      readonly field: 'text' | 'textPair';
      readonly shorten?: 'start' | 'never' | undefined;
    }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'mask'; readonly count?: number | undefined };

export type PromptLayout =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'placed';
      readonly at: 'front' | 'after-first' | 'end';
      readonly length: number;
    }
  | { readonly kind: 'template'; readonly parts: readonly TemplatePart[] };

/** What a method makes; the store is the one that core gave it. */
export interface Tuner<Store> extends Disposable {
  readonly variables: Store;
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly unfrozen?: readonly string[];
  readonly frozenDropout?: boolean;
  prompt(request: Given<unknown>['request']): Prompt;
}

export interface TuningMethod<Name extends string, Schema extends StandardSchemaV1, Store> {
  readonly apiVersion: 1;
  readonly name: Name;
  readonly configSchema: Schema;
  readonly architectures: readonly Architecture[];
  readonly tasks: readonly Kind[];
  createTuner(context: Given<StandardSchemaV1.InferOutput<Schema>>['context']): Tuner<Store>;
}

/** The second argument of `describeMethodContract`. */
export interface SuiteOptions<Config> {
  readonly config: Config;
  readonly parameterCount: number | Readonly<Partial<Record<Kind, number>>>;
  readonly seeded?: boolean;
  readonly tasks?: readonly Kind[];
}
