import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MethodName } from './method-name.ts';
import { type PackageHome, packageName } from './package-manifest.ts';

/** One file of a package, its path relative to the package's folder. */
export interface PackageFile {
  readonly path: string;
  readonly text: string;
}

/** What the method of the template is called. */
const placeholder: MethodName = {
  kebab: 'low-rank-prompt',
  camel: 'lowRankPrompt',
  pascal: 'LowRankPrompt',
};

/** The files of the template, with the method's name in place of the template's. */
export function templateFiles(name: MethodName, home: PackageHome): PackageFile[] {
  return ['shared', home].flatMap((part) => {
    const folder = fileURLToPath(new URL(`../template/${part}/`, import.meta.url));
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name: file }) => `${parentPath}/${file}`.replaceAll('\\', '/'))
      .map((path) => ({
        path: rename(
          path.slice(folder.replaceAll('\\', '/').length).replace(/^\//, ''),
          name,
          home,
        ),
        text: rename(readFileSync(path, 'utf8'), name, home),
      }));
  });
}

function rename(text: string, name: MethodName, home: PackageHome): string {
  return text
    .replaceAll(packageName(placeholder, 'monorepo'), packageName(name, home))
    .replaceAll(placeholder.kebab, name.kebab)
    .replaceAll(placeholder.camel, name.camel)
    .replaceAll(placeholder.pascal, name.pascal);
}
