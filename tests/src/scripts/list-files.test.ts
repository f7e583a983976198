import { describe, expect, it } from 'vitest';
import { listFiles } from '../../../scripts/workspace/list-files.mjs';

describe('listing files', () => {
  it('walks folders, sorts, and leaves out what is missing', () => {
    const files = listFiles(['turbo.json', 'scripts/workspace', 'no-such-folder']);
    expect(files).toContain('scripts/workspace/list-files.mjs');
    expect(files).toContain('turbo.json');
    expect(files).toEqual([...files].sort());
  });

  it('leaves out what an install or a build makes', () => {
    const made = /(^|\/)(node_modules|dist)\//;
    expect(listFiles(['packages/core', 'tests']).filter((file: string) => made.test(file))).toEqual(
      [],
    );
  });
});
