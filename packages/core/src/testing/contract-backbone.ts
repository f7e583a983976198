import type { Backbone } from '../backbone/backbone.ts';
import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import type { TaskKind, TuningMethod } from '../contract/method.ts';
import {
  createTinyBackbone,
  createTinyDecoder,
  createTinyEncoderDecoder,
} from './tiny-backbone.ts';

const backbones: Readonly<Record<BackboneArchitecture, () => Backbone>> = {
  encoder: createTinyBackbone,
  decoder: createTinyDecoder,
  'encoder-decoder': createTinyEncoderDecoder,
};

/** What a kind of task is tested on, the first that the method serves; an encoder is usual. */
const usual: readonly BackboneArchitecture[] = ['encoder', 'decoder', 'encoder-decoder'];
const special: Readonly<Partial<Record<TaskKind, readonly BackboneArchitecture[]>>> = {
  'causal-language-modeling': ['decoder'],
  'sequence-to-sequence': ['encoder-decoder'],
};

type Served = Pick<TuningMethod, 'architectures'>;

/** The tiny backbone that a kind of task is tested on. The caller owns the result. */
export function createContractBackbone(method: Served, kind: TaskKind): Backbone {
  const architecture = architectureFor(method, kind);
  if (!architecture) throw new TypeError(`The method serves no backbone that does ${kind}.`);
  return backbones[architecture]();
}

/** Whether the method serves an architecture that does this kind of task. */
export function canBeTested(method: Served, kind: TaskKind): boolean {
  return architectureFor(method, kind) !== undefined;
}

function architectureFor(
  { architectures }: Served,
  kind: TaskKind,
): BackboneArchitecture | undefined {
  return (special[kind] ?? usual).find((architecture) => architectures.includes(architecture));
}
