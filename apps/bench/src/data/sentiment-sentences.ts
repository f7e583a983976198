import type { TextRow } from '@ptl/core';

import { readWinkFile } from './wink-file.ts';

/**
 * Reads 1,000 sentences of product reviews, half of them positive.
 *
 * @see Kotzias et al., From Group to Individual Labels using Deep Features, 2015.
 */
export async function loadSentimentSentences(): Promise<TextRow[]> {
  // The package is pinned to one version, and a test looks at every row of its file.
  const pairs = (await readWinkFile('sentiment')) as readonly (readonly [
    text: string,
    label: '0' | '1',
  ])[];
  return pairs.map(([text, label]) => ({ text, label: label === '1' ? 'positive' : 'negative' }));
}
