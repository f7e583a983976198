import type { TaggingScheme } from './metrics/tagging-scheme.ts';

/** Which prefixes an entity goes on behind and with, and which may not stand alone. */
interface Transitions {
  readonly opens: string;
  readonly continues: string;
  /** Prefixes behind which the entity has to go on. */
  readonly needsNext: string;
  /** Prefixes that have to go on with an entity. */
  readonly needsPrevious: string;
}

const transitions: Readonly<Partial<Record<TaggingScheme, Transitions>>> = {
  IOB2: { opens: 'BI', continues: 'I', needsNext: '', needsPrevious: 'I' },
  IOE2: { opens: 'I', continues: 'IE', needsNext: 'I', needsPrevious: '' },
  IOBES: { opens: 'BI', continues: 'IE', needsNext: 'BI', needsPrevious: 'IE' },
  BILOU: { opens: 'BI', continues: 'IL', needsNext: 'BI', needsPrevious: 'IL' },
};

/** Chooses a label for each word from its scores, `[words][labels]`. */
export type DecodeTags = (scores: readonly ArrayLike<number>[]) => number[];

/**
 * Makes a decoder that finds the tags with the highest sum of scores among those that the scheme can
 * spell, by Viterbi's algorithm.
 *
 * @param labels - Tags of the scheme, `O` among them, so that there always is a way.
 */
export function createTagDecoder(labels: readonly string[], scheme: TaggingScheme): DecodeTags {
  const rules = transitions[scheme];
  if (!rules) throw new RangeError(`There are no transitions for ${scheme}.`);
  const has = (letters: string, label: string): boolean => letters.includes(label.charAt(0));
  const isAllowed = (before: string, label: string): boolean => {
    const isSame = before.slice(1) === label.slice(1);
    const goesOn = has(rules.opens, before) && has(rules.continues, label) && isSame;
    return goesOn || !(has(rules.needsNext, before) || has(rules.needsPrevious, label));
  };
  const allowed = labels.map((label) => labels.map((before) => isAllowed(before, label)));
  const start = labels.map((label) => (has(rules.needsPrevious, label) ? impossible : 0));
  const end = labels.map((label) => (has(rules.needsNext, label) ? impossible : 0));
  return (scores) => {
    let best = start;
    const steps = scores.map((word, place) => {
      const step = labels.map((_, label) =>
        bestBefore(best, place === 0 ? null : (allowed[label] ?? []), label),
      );
      best = step.map(({ score }, label) => score + (word[label] ?? impossible));
      return step;
    });
    const total = best.map((score, label) => score + (end[label] ?? 0));
    return walkBack(steps, total.indexOf(Math.max(...total)));
  };
}

const impossible = Number.NEGATIVE_INFINITY;

interface Step {
  readonly score: number;
  /** The label of the word before. */
  readonly from: number;
}

/** The best way to a label; to the first word's there is one. */
function bestBefore(
  best: readonly number[],
  allowed: readonly boolean[] | null,
  label: number,
): Step {
  if (!allowed) return { score: best[label] ?? impossible, from: label };
  let step: Step = { score: impossible, from: 0 };
  for (const [from, score] of best.entries()) {
    if (allowed[from] && score > step.score) step = { score, from };
  }
  return step;
}

function walkBack(steps: readonly (readonly Step[])[], last: number): number[] {
  let label = last;
  const path = steps.toReversed().map((step) => {
    const own = label;
    label = step[own]?.from ?? 0;
    return own;
  });
  return path.reverse();
}
