import type { ConfigInput } from './config-schema.ts';
import { assertSupportedVersion } from './contract-version.ts';
import { type CreateTunerOptions, createTuner } from './create-tuner.ts';
import { PtlError } from './errors.ts';
import type { Tuner, TuningMethod } from './method.ts';
import { suggestName } from './nearest.ts';

type MethodNamed<Methods extends readonly TuningMethod[], Name> = Extract<
  Methods[number],
  { name: Name }
>;

/** A fixed set of methods, addressed by name. */
export interface MethodRegistry<Methods extends readonly TuningMethod[]> {
  readonly names: readonly Methods[number]['name'][];
  /**
   * Looks up a name that is known only at run time, such as one read from a file.
   *
   * @throws {@link PtlError} `METHOD_UNKNOWN`, with the nearest known name.
   */
  get(name: string): TuningMethod;
  createTuner<Name extends Methods[number]['name']>(
    name: Name,
    config: ConfigInput<MethodNamed<Methods, Name>['configSchema']>,
    options: CreateTunerOptions,
  ): Tuner;
}

/**
 * Collects methods into a registry.
 *
 * There is no global registry: importing a plugin changes nothing until it is passed here.
 *
 * @throws {@link PtlError} `METHOD_DUPLICATE` if two methods share a name, or
 *   `METHOD_VERSION_UNSUPPORTED` if one is written for another version of the contract.
 */
export function createMethodRegistry<const Methods extends readonly TuningMethod[]>(
  methods: Methods,
): MethodRegistry<Methods> {
  const byName = new Map<string, TuningMethod>();
  for (const method of methods) {
    assertSupportedVersion(method);
    const { name } = method;
    if (byName.has(name)) {
      throw new PtlError('METHOD_DUPLICATE', `Two methods are called "${name}".`, { method: name });
    }
    byName.set(name, method);
  }
  const names = [...byName.keys()];

  function get(name: string): TuningMethod {
    const method = byName.get(name);
    if (method) return method;
    const message = `No method is called "${name}".${suggestName(name, names)} Known: ${names.join(', ')}.`;
    throw new PtlError('METHOD_UNKNOWN', message, { method: name, known: names });
  }

  return {
    names,
    get,
    createTuner: (name, config, options) => createTuner(get(name), config, options),
  };
}
