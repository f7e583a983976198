import { type ConfigInput, type ConfigSchema, parseConfig } from './config-schema.ts';
import { assertSupportedVersion } from './contract-version.ts';
import { PtlError } from './errors.ts';
import type { FrozenBackbone } from './frozen-backbone.ts';
import type { TaskInfo, Tuner, TuningMethod } from './method.ts';
import { VariableStore } from './variable-store.ts';

/** What a tuner is made for, beside its config. */
export interface CreateTunerOptions {
  readonly backbone: FrozenBackbone;
  readonly task: TaskInfo;
  /** Equal seeds give equal tuners. */
  readonly seed: number;
}

/**
 * Validates `config` and creates a tuner.
 *
 * @throws {@link PtlError} `METHOD_VERSION_UNSUPPORTED`, `METHOD_INCOMPATIBLE` or `CONFIG_INVALID`.
 */
export function createTuner<Name extends string, Schema extends ConfigSchema>(
  method: TuningMethod<Name, Schema>,
  config: ConfigInput<Schema>,
  { backbone, task, seed }: CreateTunerOptions,
): Tuner {
  assertSupportedVersion(method);
  assertCompatible(method, backbone, task);
  const parsed = parseConfig(method.name, method.configSchema, config);
  const variables = new VariableStore(method.name, seed);
  try {
    return method.createTuner({ backbone, task, config: parsed, variables });
  } catch (error) {
    variables[Symbol.dispose]();
    throw error;
  }
}

function assertCompatible(
  method: Pick<TuningMethod, 'name' | 'architectures' | 'tasks'>,
  { geometry }: FrozenBackbone,
  task: TaskInfo,
): void {
  const { name, architectures, tasks } = method;
  if (!architectures.includes(geometry.architecture)) {
    const reason = `it supports ${architectures.join(' and ')} backbones only`;
    throw incompatible(name, geometry.id, `"${geometry.id}", a ${geometry.architecture}`, reason);
  }
  if (!tasks.includes(task.kind)) {
    const reason = `it supports ${tasks.join(' and ')} only`;
    throw incompatible(name, geometry.id, `for ${task.kind}`, reason);
  }
}

function incompatible(method: string, backbone: string, what: string, reason: string): PtlError {
  return new PtlError('METHOD_INCOMPATIBLE', `"${method}" cannot tune ${what}: ${reason}.`, {
    method,
    backbone,
    reason,
  });
}
