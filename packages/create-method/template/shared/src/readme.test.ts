import { readFileSync } from 'node:fs';
import { withConfigTable } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { lowRankPromptConfigSchema } from './index.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('shows the config as the schema has it; `vitest run --update` writes the table', async () => {
  const readme = withConfigTable(
    read('../README.md'),
    lowRankPromptConfigSchema,
    read('./config.ts'),
  );
  await expect(readme).toMatchFileSnapshot('../README.md');
});
