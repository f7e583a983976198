import type { Backbone } from '../backbone/backbone.ts';
import { headPrefix } from './adapter-tensors.ts';
import { invalidAdapter } from './invalid-adapter.ts';

/** Names that PEFT gives the modules of heads; their tensors are read with the head. */
const headModules = new Set(['classifier', 'score', 'qa_outputs']);

/** What a file holds besides the prompt and the head. */
export interface ExtraTensors {
  /** Trained backbone weights, by parameter name: under which name the file has them. */
  readonly trained: ReadonlyMap<string, string>;
  readonly ignored: readonly string[];
}

/**
 * Sorts tensors that are neither prompt nor head: weights of modules that PEFT trained along
 * (`modules_to_save`), and others, which are left aside as PEFT does.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` for a tensor that would replace a backbone weight
 *   although its module was not trained, or whose module the backbone lacks.
 */
export function sortExtraTensors(
  names: readonly string[],
  backbone: Pick<Backbone, 'parameters' | 'taskModelName' | 'geometry'>,
  modulesToSave: readonly string[],
  folder: string,
): ExtraTensors {
  const wanted = modulesToSave.filter((name) => !headModules.has(name));
  const places = names.map((name) => ({ name, ...placeOf(name, backbone, wanted) }));
  for (const { name, parameter, isTrained } of places) {
    if (parameter !== undefined && !isTrained) {
      const reason = `"${name}" would replace a weight of the backbone, and modules_to_save does not name it`;
      throw invalidAdapter(folder, reason);
    }
    if (parameter === undefined && isTrained) {
      const { id } = backbone.geometry;
      throw invalidAdapter(folder, `it trains "${name}", which "${id}" does not have`);
    }
  }
  return {
    trained: new Map(
      places.flatMap(({ name, parameter }) => (parameter === undefined ? [] : [[parameter, name]])),
    ),
    ignored: places.flatMap(({ name, parameter }) => (parameter === undefined ? [name] : [])),
  };
}

/** The backbone weight that a tensor stands for, and whether its module was trained. */
function placeOf(
  name: string,
  backbone: Pick<Backbone, 'parameters' | 'taskModelName'>,
  modules: readonly string[],
): { readonly parameter: string | undefined; readonly isTrained: boolean } {
  if (!name.startsWith(headPrefix)) return { parameter: undefined, isTrained: false };
  const path = name.slice(headPrefix.length);
  const isTrained = modules.some((suffix) => isInside(path, suffix));
  return { parameter: parameterOf(path, backbone), isTrained };
}

/** Whether a parameter belongs to a module whose path ends with `suffix`, as PEFT picks modules. */
function isInside(path: string, suffix: string): boolean {
  const parts = path.split('.');
  return parts.some((_, end) => end > 0 && parts.slice(0, end).join('.').endsWith(suffix));
}

function parameterOf(
  path: string,
  { parameters, taskModelName }: Pick<Backbone, 'parameters' | 'taskModelName'>,
): string | undefined {
  return parameters.find(({ name }) => taskModelName(name) === path)?.name;
}
