import { createHash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import type { EnginePlan } from '../plan/engine-plan.ts';
import type { Wheel } from '../plan/wheel.ts';

/** A wheel of a made-up TensorFlow, with as many bytes of library as are asked for, and the plan to install it. */
export function toyEngine(libraryBytes = 1000): {
  readonly plan: EnginePlan;
  readonly wheel: Wheel;
  readonly content: Buffer;
} {
  const library = Uint8Array.from({ length: libraryBytes }, (_, index) => (index * 31) % 251);
  const content = Buffer.from(
    zipSync(
      {
        'toy/libtoy.so.1': library,
        'toy/include/c/toy.h': strToU8('int toy();\n'),
        'toy/python/toy.py': strToU8('pass\n'),
      },
      // Equal bytes in every process: a zip holds times.
      { level: 0, mtime: '2026-01-01T00:00:00' },
    ),
  );
  const wheel: Wheel = {
    package: 'toy',
    version: '1.0',
    file: 'toy-1.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: createHash('sha256').update(content).digest('hex'),
    megabytes: content.length / 1e6,
    take: ['toy/libtoy.so.1', 'toy/include/'],
  };
  const libraries = ['toy/libtoy.so.1'];
  const plan: EnginePlan = {
    ...{ key: 'toy-1.0', version: '1.0', variant: 'cpu', platform: 'linux' },
    ...{ wheels: [wheel], libraries },
  };
  return { plan, wheel, content };
}
