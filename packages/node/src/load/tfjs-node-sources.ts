import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from './package-root.ts';

/**
 * The folder with `@tensorflow/tfjs-node-gpu`'s `binding/` and `dist/`: the copy this package carries, else (in a
 * working tree that was not built) the development dependency.
 */
export function tfjsNodeSources(): string {
  const vendored = join(packageRoot, 'vendor', 'tfjs-node-gpu');
  if (existsSync(vendored)) return vendored;
  const require = createRequire(import.meta.url);
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}
