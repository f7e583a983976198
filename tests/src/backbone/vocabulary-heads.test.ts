import { toBeAllClose } from '@ptl/core/testing';
import { describe, expect, it } from 'vitest';
import {
  loadVocabularyCase,
  scoresOf,
  vocabularyCases,
} from '../../../packages/core/src/backbone/vocabulary-case.ts';
import { useTestEngine } from '../use-test-engine.ts';

expect.extend({ toBeAllClose });

// Core runs the same on the engines that TF.js brings itself.
describe('the head for masked words on TensorFlow', () => {
  it.for(vocabularyCases)('of %s gives the scores of Transformers', async (name, context) => {
    await useTestEngine('tensorflow', context);
    using backbone = await loadVocabularyCase(name);
    const { actual, expected } = scoresOf(backbone, name);
    expect(actual).toBeAllClose(expected, { absolute: 1e-5, relative: 0 });
  });
});
