import { PtlError } from '../../contract/errors.ts';
import { requireSameLength } from './class-counts.ts';
import type { Entity } from './entity.ts';
import { type EntityOptions, entitiesOfRows } from './to-entities.ts';

/** Precision, recall and F1, each in [0, 1] and 0 where it has nothing to count. */
export interface SpanScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface SupportedSpanScores extends SpanScores {
  /** Number of gold entities. */
  readonly support: number;
}

/** Scores over all entities (the micro average), per type, and averaged over types. */
export interface EntityScores extends SupportedSpanScores {
  /** Unweighted mean over {@link EntityScores.perType}. */
  readonly macro: SpanScores;
  /** Every type that was predicted or is right somewhere, sorted by name. */
  readonly perType: Readonly<Record<string, SupportedSpanScores>>;
}

interface SpanCounts {
  readonly predicted: number;
  readonly gold: number;
  readonly correct: number;
}

/**
 * Scores tagged rows by whole entities: one is right if its type, start and end are.
 *
 * Equals seqeval with `zero_division=0`: lenient mode its default, strict mode
 * `mode='strict', scheme=...`.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the number of rows differs; `ROW_INVALID` if a row's
 * lengths differ, or a tag is empty or, in strict mode, not of the scheme.
 */
export function entityScores(
  predictedTags: readonly (readonly string[])[],
  goldTags: readonly (readonly string[])[],
  options: EntityOptions = {},
): EntityScores {
  requireSameLength(predictedTags, goldTags, 'rows');
  for (const [row, gold] of goldTags.entries()) requireSameTags(predictedTags[row], gold, row);
  const predicted = groupByType(entitiesOfRows(predictedTags, options));
  const gold = groupByType(entitiesOfRows(goldTags, options));
  const types = [...new Set([...predicted.keys(), ...gold.keys()])].sort();
  const counted = types.map(
    (type) => [type, countSpans(predicted.get(type), gold.get(type))] as const,
  );
  const scored = counted.map(([type, counts]) => [type, toScores(counts)] as const);
  return {
    ...toScores(sumCounts(counted.map(([, counts]) => counts))),
    macro: meanScores(scored.map(([, scores]) => scores)),
    perType: Object.fromEntries(scored),
  };
}

function requireSameTags(
  predicted: readonly string[] | undefined,
  gold: readonly string[],
  row: number,
): void {
  const length = predicted?.length ?? 0;
  if (length === gold.length) return;
  const reason = `There must be one predicted tag for each of the ${gold.length} gold tags. Got ${length}`;
  throw new PtlError('ROW_INVALID', `Row ${row}: ${reason}.`, { row, reason });
}

/** Places of each type's entities as `start-end`. */
function groupByType(entities: readonly Entity[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { type, start, end } of entities) {
    const places = groups.get(type) ?? new Set();
    groups.set(type, places.add(`${start}-${end}`));
  }
  return groups;
}

function countSpans(
  predicted: ReadonlySet<string> = new Set(),
  gold: ReadonlySet<string> = new Set(),
): SpanCounts {
  const correct = [...predicted].filter((place) => gold.has(place)).length;
  return { predicted: predicted.size, gold: gold.size, correct };
}

function sumCounts(counts: readonly SpanCounts[]): SpanCounts {
  const sum = { predicted: 0, gold: 0, correct: 0 };
  for (const count of counts) {
    sum.predicted += count.predicted;
    sum.gold += count.gold;
    sum.correct += count.correct;
  }
  return sum;
}

function toScores({ predicted, gold, correct }: SpanCounts): SupportedSpanScores {
  return {
    precision: ratio(correct, predicted),
    recall: ratio(correct, gold),
    f1: ratio(2 * correct, predicted + gold),
    support: gold,
  };
}

function meanScores(scores: readonly SpanScores[]): SpanScores {
  const mean = (pick: (score: SpanScores) => number) =>
    ratio(
      scores.reduce((sum, score) => sum + pick(score), 0),
      scores.length,
    );
  return {
    precision: mean((score) => score.precision),
    recall: mean((score) => score.recall),
    f1: mean((score) => score.f1),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
