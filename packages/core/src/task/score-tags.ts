import { accuracy } from './metrics/accuracy.ts';
import { entityScores } from './metrics/entity-scores.ts';
import type { TaggingScheme } from './metrics/tagging-scheme.ts';
import type { Scores } from './task.ts';

/**
 * Scores tagged rows: `entityF1`, `entityPrecision` and `entityRecall` over entities in seqeval's
 * default, lenient reading, `accuracy` over words, and `entityF1Strict` where a scheme is given.
 */
export function scoreTags(
  predicted: readonly (readonly string[])[],
  gold: readonly (readonly string[])[],
  scheme: TaggingScheme | null,
): Scores {
  const lenient = entityScores(predicted, gold);
  const scores = {
    entityF1: lenient.f1,
    entityPrecision: lenient.precision,
    entityRecall: lenient.recall,
    accuracy: accuracy(predicted.flat(), gold.flat()),
  };
  if (!scheme) return scores;
  const strict = entityScores(predicted, gold, { mode: 'strict', scheme });
  return { ...scores, entityF1Strict: strict.f1 };
}
