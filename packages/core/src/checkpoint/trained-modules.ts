import type { Backbone } from '../backbone/backbone.ts';
import type { VariableStore } from '../contract/variable-store.ts';
import { headPrefix, type NamedTensor } from './adapter-tensors.ts';

/** Backbone modules that were trained along, as PEFT stores them: whole. */
export interface TrainedModules {
  /** Their paths in the task model, for `modules_to_save`. */
  readonly paths: readonly string[];
  /** Trained weights, and frozen ones of the same module; borrowed. */
  readonly tensors: readonly NamedTensor[];
}

/** Gathers the modules that unfrozen weights belong to. */
export function trainedModules(backbone: Backbone, unfrozen: VariableStore): TrainedModules {
  const trained = unfrozen.variables;
  const { parameters } = backbone;
  const modules = new Set([...trained.keys()].map(moduleOf));
  return {
    paths: [...modules].map((module) => moduleOf(backbone.taskModelName(`${module}.weight`))),
    tensors: parameters
      .filter(({ name }) => modules.has(moduleOf(name)))
      .map(({ name }) => [storedName(backbone, name), trained.get(name) ?? backbone.weight(name)]),
  };
}

/** What a trained backbone weight is called in PEFT's file. */
export function storedName(
  { taskModelName }: Pick<Backbone, 'taskModelName'>,
  parameter: string,
): string {
  return headPrefix + taskModelName(parameter);
}

function moduleOf(parameter: string): string {
  return parameter.slice(0, parameter.lastIndexOf('.'));
}
