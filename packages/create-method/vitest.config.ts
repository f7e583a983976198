import { defineProject } from 'vitest/config';

export default defineProject({
  resolve: { conditions: ['@ptl/source'] },
  ssr: { resolve: { conditions: ['@ptl/source'] } },
});
