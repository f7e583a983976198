import * as tf from '@tensorflow/tfjs';
import { invalidOption } from '../contract/invalid-option.ts';
import type { PromptLayout } from '../contract/layout.ts';
import type { PromptRequest, Tuner } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { mergePrompts } from '../model/compose-prompts.ts';
import { subject } from './multi-task-options.ts';

/**
 * Two tuners as one, whose prompt is that of `shared` with that of `own` behind it, in each layer or
 * in the same place of the row. Takes both over.
 */
export class JoinedTuner implements Tuner {
  readonly layout: PromptLayout;
  readonly promptLength: number;
  readonly frozenDropout: boolean;
  readonly unfrozen: readonly string[];
  /** Those of both, as `shared/…` and `own/…`. */
  readonly variables: VariableStore;
  readonly #shared: Tuner;
  readonly #own: Tuner;

  /**
   * @throws {@link PtlError} `CONFIG_INVALID` if the prompts are in templates or in different places
   *   of the row, or `own` trains weights of the backbone.
   */
  constructor(shared: Tuner, own: Tuner) {
    this.promptLength = shared.promptLength + own.promptLength;
    this.layout = joinLayouts(shared.layout, own.layout);
    if (own.unfrozen?.length) throw refusal('Weights of the backbone cannot be of one task alone.');
    this.frozenDropout = (shared.frozenDropout || own.frozenDropout) ?? false;
    this.unfrozen = shared.unfrozen ?? [];
    this.variables = new JoinedStore({ shared: shared.variables, own: own.variables });
    this.#shared = shared;
    this.#own = own;
  }

  prompt(request: PromptRequest): Prompt {
    const prompts = [this.#shared.prompt(request), this.#own.prompt(request)];
    return mergePrompts(prompts, (tensors, axis) => tf.concat(tensors, axis));
  }

  [Symbol.dispose](): void {
    this.#shared[Symbol.dispose]();
    this.#own[Symbol.dispose]();
  }
}

/** Shows the variables of several stores, which stay their owners'. */
class JoinedStore extends VariableStore {
  readonly #stores: Readonly<Record<string, VariableStore>>;

  constructor(stores: Readonly<Record<string, VariableStore>>) {
    super('joined', 0);
    this.#stores = stores;
  }

  override get variables(): ReadonlyMap<string, tf.Variable> {
    return new Map(
      Object.entries(this.#stores).flatMap(([part, { variables }]) =>
        [...variables].map(([name, variable]) => [`${part}/${name}`, variable] as const),
      ),
    );
  }
}

function joinLayouts(shared: PromptLayout, own: PromptLayout): PromptLayout {
  if (shared.kind === 'template' || own.kind === 'template') {
    throw refusal('Virtual tokens of templates have no common place to put another part in.');
  }
  if (shared.kind === 'placed' && own.kind === 'placed' && shared.at === own.at) {
    return { ...shared, length: shared.length + own.length };
  }
  if (shared.kind === 'none' && own.kind === 'none') return shared;
  const placeOf = (layout: PromptLayout) => (layout.kind === 'placed' ? layout.at : layout.kind);
  throw refusal(`Expected the place of the shared part, ${placeOf(shared)}, got ${placeOf(own)}.`);
}

function refusal(message: string): Error {
  return invalidOption(subject, 'taskPrompt', message);
}
