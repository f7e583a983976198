import { PtlError } from '@ptl/core';
import type { Machine } from './machine.ts';
import { nvidiaWheels } from './nvidia-wheels.ts';
import {
  cpuWheels,
  cudaWheels,
  tensorflowLibraries,
  tensorflowVersion,
} from './tensorflow-wheels.ts';
import type { Wheel } from './wheel.ts';

export const engineVariants = ['cpu', 'cuda'] as const;
export type EngineVariant = (typeof engineVariants)[number];

/** What one machine needs for the TensorFlow engine. */
export interface EnginePlan {
  /** Names the engine's folder in the cache, e.g. `tensorflow-2.21.0-cpu-linux-x64`. */
  readonly key: string;
  readonly version: string;
  readonly variant: EngineVariant;
  readonly platform: 'linux' | 'darwin';
  readonly wheels: readonly Wheel[];
  /** The libraries to link with, as paths below the engine's folder. */
  readonly libraries: readonly string[];
}

/**
 * Chooses the wheels for a machine.
 *
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` if TensorFlow has no build for it.
 */
export function planEngine(machine: Machine, variant: EngineVariant = 'cpu'): EnginePlan {
  const { platform, arch } = machine;
  const place = `${platform}-${arch}`;
  const table = variant === 'cuda' ? cudaWheels : cpuWheels;
  const wheel = table[place];
  if (!wheel || (platform !== 'linux' && platform !== 'darwin')) {
    throw unavailable(
      `no ${variant} build for ${place}; there is one for ${Object.keys(table).join(', ')}`,
    );
  }
  if (platform === 'linux') requireGlibc(machine.glibc);
  return {
    key: `tensorflow-${tensorflowVersion}-${variant}-${place}`,
    version: tensorflowVersion,
    variant,
    platform,
    wheels: variant === 'cuda' ? [wheel, ...nvidiaWheels] : [wheel],
    libraries: tensorflowLibraries[platform],
  };
}

/** The wheels are `manylinux_2_27`: they need the GNU C library, 2.27 or newer. */
function requireGlibc(glibc: string | undefined): void {
  if (glibc === undefined) throw unavailable('it needs the GNU C library, which this system lacks');
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) {
    throw unavailable(`it needs the GNU C library 2.27 or newer, and this is ${glibc}`);
  }
}

function unavailable(reason: string): PtlError {
  return new PtlError('ENGINE_UNAVAILABLE', `TensorFlow cannot be had here: ${reason}.`, {
    engine: 'tensorflow',
    reason,
  });
}
