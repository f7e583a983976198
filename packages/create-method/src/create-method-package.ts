import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseMethodName } from './method-name.ts';
import { type PackageHome, packageManifest } from './package-manifest.ts';
import { RequestError } from './request-error.ts';
import { templateFiles } from './template-files.ts';

export interface CreateMethodOptions {
  /** The method's name, in kebab-case. */
  readonly name: string;
  /** Where the package's folder is made; it is made itself if it is missing. */
  readonly folder: string;
}

/** A package that was made. */
export interface CreatedPackage {
  /** Where it is. */
  readonly folder: string;
  /** `monorepo` for one among PTL's own `packages/`. */
  readonly home: PackageHome;
}

/**
 * Makes the package of a method: a small one that works, passes the contract suite, and waits to be
 * replaced.
 *
 * @throws {@link RequestError} if no method can be called so, or the folder exists.
 */
export function createMethodPackage({ name, folder }: CreateMethodOptions): CreatedPackage {
  const names = parseMethodName(name);
  const target = resolve(folder, names.kebab);
  if (existsSync(target)) {
    throw new RequestError(`${target} exists. Take another name, or another folder with --out.`);
  }
  const home = homeOf(dirname(target));
  const manifest = `${JSON.stringify(packageManifest(names, home), null, 2)}\n`;
  const files = [...templateFiles(names, home), { path: 'package.json', text: manifest }];
  for (const { path, text } of files) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
  return { folder: target, home };
}

/** Only `packages/` of the monorepo itself has what its packages lean on two folders above them. */
function homeOf(parent: string): PackageHome {
  const manifest = resolve(parent, '../package.json');
  if (basename(parent) !== 'packages' || !existsSync(manifest)) return 'standalone';
  const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: unknown };
  return name === 'ptl' ? 'monorepo' : 'standalone';
}
