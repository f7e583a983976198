import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const imported = /(?:^|\n)(?:import|export)\s[^;]*?from '([^']+)'/g;

/** Modules that are loaded when the given one is; dynamic imports are left out. */
function modulesBehind(entry: URL): { files: Set<string>; packages: Set<string> } {
  const files = new Set([entry.href]);
  const packages = new Set<string>();
  for (const file of files) {
    const source = readFileSync(new URL(file), 'utf8');
    for (const [statement, target = ''] of source.matchAll(imported)) {
      if (/^\s*(?:import|export) type/.test(statement)) continue;
      if (target.startsWith('.')) files.add(new URL(target, file).href);
      else packages.add(target);
    }
  }
  return { files, packages };
}

describe('core', () => {
  it('loads no module of Node before one is needed, so that browsers can import it', () => {
    const { files, packages } = modulesBehind(new URL('../index.ts', import.meta.url));
    expect(files.size).toBeGreaterThan(30);
    expect([...packages].filter((name) => name.startsWith('node:'))).toEqual([]);
    expect(packages).not.toContain('@huggingface/hub');
  });
});
