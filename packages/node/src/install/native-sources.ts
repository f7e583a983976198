import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../load/package-root.ts';
import { tfjsNodeSources } from '../load/tfjs-node-sources.ts';

/** What the addons are compiled from. */
export interface NativeSources {
  /** TF.js's binding, then every `.cc` in this package's `native/`: kernels are added by adding a file there. */
  readonly addon: readonly string[];
  /** A second, small addon; see `native/mute/stderr-mute.cc`. */
  readonly mute: readonly string[];
  /** Folders with headers that come with packages; TensorFlow's own are in the engine's folder. */
  readonly includes: readonly string[];
  /** Changes whenever a source, a header of ours or the way of compiling does. */
  readonly hash: string;
}

/** To be raised when the compiler's arguments change. */
const recipe = 2;

export function nativeSources(): NativeSources {
  const binding = join(tfjsNodeSources(), 'binding');
  const native = join(packageRoot, 'native');
  const mute = join(native, 'mute');
  const hash = createHash('sha256').update(String(recipe));
  for (const file of [binding, native, mute].flatMap((folder) => filesIn(folder, /\.(cc|h)$/))) {
    hash.update(readFileSync(file));
  }
  return {
    addon: [...filesIn(binding, /\.cc$/), ...filesIn(native, /\.cc$/)],
    mute: filesIn(mute, /\.cc$/),
    includes: [dirname(binding), native, nodeHeaders()],
    hash: hash.digest('hex').slice(0, 12),
  };
}

function nodeHeaders(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('node-api-headers/package.json')), 'include');
}

function filesIn(folder: string, pattern: RegExp): string[] {
  const names = readdirSync(folder, { withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort();
}
