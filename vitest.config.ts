import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['@ptl/source', 'module', 'node', 'development|production'] } },
  resolve: { conditions: ['@ptl/source'] },
  test: { projects: ['packages/*', 'apps/*', 'examples/*', 'tests'] },
});
