import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { publishablePackages, workspacePackages } from '../../../scripts/workspace/packages.mjs';
import { root } from '../../../scripts/workspace/root.mjs';
import { coreVersion, nextMinor } from '../tarballs/next-minor.ts';
import { runProgram } from '../tarballs/run-program.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

const change = `---
'@ptl/core': minor
---

Add something.
`;

it('makes the next minor of all packages out of a minor change of core, and leaves their peers', {
  timeout: 60_000,
}, async () => {
  using folder = makeTemporaryFolder();
  const manifests = workspacePackages().map(({ directory }: { directory: string }) =>
    join(directory, 'package.json'),
  );
  const copied = ['package.json', 'pnpm-workspace.yaml', '.changeset/config.json', ...manifests];
  for (const file of copied) {
    mkdirSync(join(folder.path, dirname(file)), { recursive: true });
    copyFileSync(join(root, file), join(folder.path, file));
  }
  writeFileSync(join(folder.path, '.changeset/some.md'), change);
  const changeset = join(root, 'node_modules/.bin/changeset');
  await runProgram(changeset, ['version'], { cwd: folder.path, timeoutMs: 50_000 });
  for (const { name, directory, manifest } of publishablePackages()) {
    const file = join(folder.path, directory, 'package.json');
    const { version, peerDependencies } = JSON.parse(readFileSync(file, 'utf8'));
    expect(version, name).toBe(nextMinor(coreVersion()));
    expect(peerDependencies, name).toEqual(manifest.peerDependencies);
  }
});
