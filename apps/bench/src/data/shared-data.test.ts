import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDataFolder } from './load-data-folder.ts';

// Open data beside a checkout; a clone alone does not have it.
const shared = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));

const expected = [
  { folder: 'snips-jointbert', sizes: ['intents 13084/700/700', 'slots 13084/700/700'] },
  { folder: 'banking77', sizes: ['banking77 9003/1000/3080'] },
  { folder: 'crossner/science', sizes: ['science 200/450/543'] },
];

describe('open data sets', () => {
  for (const { folder, sizes } of expected) {
    const missing = !existsSync(join(shared, folder));
    const because = missing ? ' (skipped: the folder is not there)' : '';
    it.skipIf(missing)(`${folder} loads with all its rows${because}`, async () => {
      const dataSets = await loadDataFolder(join(shared, folder));
      const found = dataSets.map(({ name, train, development, test }) => {
        const counts = [train, development, test].map((rows) => rows.length).join('/');
        return `${name.replace('snips-jointbert-', '')} ${counts}`;
      });
      expect(found).toEqual(sizes);
    });
  }
});
