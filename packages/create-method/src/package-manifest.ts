import { readFileSync } from 'node:fs';
import type { MethodName } from './method-name.ts';

/** In the monorepo of PTL beside its own methods, or anywhere else. */
export type PackageHome = 'monorepo' | 'standalone';

interface OwnManifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const description = 'A prompt-learning method for PTL: a prompt of low rank.';
const entry = { types: './dist/index.d.ts', default: './dist/index.js' };
const standaloneTools = [
  '@tensorflow/tfjs',
  '@types/node',
  'publint',
  'tsup',
  'typescript',
  'vitest',
];

/** The name of the package that a method of this name is made in. */
export function packageName({ kebab }: MethodName, home: PackageHome): string {
  return home === 'monorepo' ? `@ptl/${kebab}` : kebab;
}

/** The `package.json` of a method, with the versions that this release was tested with. */
export function packageManifest(name: MethodName, home: PackageHome): object {
  return home === 'monorepo' ? monorepoManifest(name) : standaloneManifest(name);
}

function monorepoManifest(name: MethodName): object {
  const own = readOwnManifest();
  return {
    name: packageName(name, 'monorepo'),
    version: own.version,
    description,
    keywords: ['ptl-method'],
    license: 'Apache-2.0',
    repository: {
      type: 'git',
      url: 'git+https://example.com/ptl.git',
      directory: `packages/${name.kebab}`,
    },
    ...moduleFields(exportsWith({ '@ptl/source': './src/index.ts', ...entry })),
    scripts: {
      build: 'tsup',
      typecheck: 'tsc --noEmit',
      'check:package': 'publint --strict --pack pnpm && attw --pack . --profile esm-only',
    },
    dependencies: versions(own, ['zod']),
    peerDependencies: { '@ptl/core': 'workspace:>=0.1.0 <1', '@tensorflow/tfjs': '^4.22.0' },
    devDependencies: { '@ptl/core': 'workspace:^', ...versions(own, ['@tensorflow/tfjs']) },
    publishConfig: { access: 'public', exports: exportsWith(entry) },
  };
}

function standaloneManifest(name: MethodName): object {
  const own = readOwnManifest();
  return {
    name: packageName(name, 'standalone'),
    version: '0.1.0',
    description,
    keywords: ['ptl-method'],
    ...moduleFields(exportsWith(entry)),
    scripts: {
      build: 'tsup',
      typecheck: 'tsc --noEmit',
      test: 'vitest run',
      'check:package': 'publint --strict',
    },
    dependencies: versions(own, ['zod']),
    peerDependencies: { '@ptl/core': `>=${own.version} <1`, '@tensorflow/tfjs': '^4.22.0' },
    devDependencies: { '@ptl/core': `>=${own.version} <1`, ...versions(own, standaloneTools) },
  };
}

function moduleFields(exports: object): object {
  return {
    type: 'module',
    sideEffects: false,
    exports,
    files: ['dist'],
    engines: { node: '>=20.19' },
  };
}

function exportsWith(conditions: object): object {
  return { '.': conditions, './package.json': './package.json' };
}

/** Of the packages that the template was tested with: the development dependencies of this one. */
function versions({ devDependencies }: OwnManifest, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
}

function readOwnManifest(): OwnManifest {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return JSON.parse(text) as OwnManifest; // Our own file.
}
