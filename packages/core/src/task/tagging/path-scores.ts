/** What a sequence of labels scores beside its words; `-Infinity` forbids. */
export interface PathScores {
  /** `[labels]`. */
  readonly start: readonly number[];
  /** `[labels]`. */
  readonly end: readonly number[];
  /** `[labels][labels]`: to a label, from each. */
  readonly into: readonly (readonly number[])[];
}

/** The scores of paths whose words follow each other, and of those with words without a token between. */
export interface GappedScores {
  readonly adjacent: PathScores;
  readonly gapped: PathScores;
}

export function addPathScores(one: PathScores, other: PathScores): PathScores {
  const add = (left: readonly number[], right: readonly number[] = []): number[] =>
    left.map((score, label) => score + (right[label] ?? 0));
  return {
    start: add(one.start, other.start),
    end: add(one.end, other.end),
    into: one.into.map((from, label) => add(from, other.into[label])),
  };
}
