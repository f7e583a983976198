import type { GappedScores, PathScores } from './path-scores.ts';

/** Scores of labels at a word; null for a word without a token. */
export type WordScores = ArrayLike<number> | null;

/**
 * The labels with the highest sum of scores, by Viterbi's algorithm; null for words without a token,
 * which it leaves out.
 *
 * @param words - `[labels]` for each word.
 */
export function bestPath(words: readonly WordScores[], scores: GappedScores): (number | null)[] {
  const path: (number | null)[] = words.map(() => null);
  const present = [...words.keys()].filter((place) => words[place] !== null);
  const [first, last] = [present[0], present.at(-1)];
  if (first === undefined || last === undefined) return path;
  const between = (before: number, place: number): PathScores =>
    place - before === 1 ? scores.adjacent : scores.gapped;
  let best = addWord(between(-1, first).start, words[first]);
  const steps = present.slice(1).map((place, index) => {
    const { into } = between(present[index] ?? -1, place);
    const from = into.map((weights) => bestBefore(best, weights));
    best = addWord(
      from.map(({ score }) => score),
      words[place],
    );
    return from.map(({ label }) => label);
  });
  const { end } = between(last, words.length);
  let label = largestOf(best.map((score, own) => score + (end[own] ?? 0)));
  path[last] = label;
  for (const [index, from] of [...steps.entries()].reverse()) {
    label = from[label] ?? 0;
    path[present[index] ?? 0] = label;
  }
  return path;
}

function addWord(scores: readonly number[], word: WordScores | undefined): number[] {
  return scores.map((score, label) => score + (word?.[label] ?? 0));
}

interface Step {
  readonly score: number;
  /** The label of the word before. */
  readonly label: number;
}

function bestBefore(best: readonly number[], weights: readonly number[]): Step {
  let step: Step = { score: Number.NEGATIVE_INFINITY, label: 0 };
  for (const [label, score] of best.entries()) {
    const sum = score + (weights[label] ?? 0);
    if (sum > step.score) step = { score: sum, label };
  }
  return step;
}

function largestOf(scores: readonly number[]): number {
  return scores.indexOf(Math.max(...scores));
}
