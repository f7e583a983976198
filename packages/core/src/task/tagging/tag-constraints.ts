import type { TaggingScheme } from '../metrics/tagging-scheme.ts';
import type { GappedScores, PathScores } from './path-scores.ts';

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
  IO: { opens: 'I', continues: 'I', needsNext: '', needsPrevious: '' },
  IOB2: { opens: 'BI', continues: 'I', needsNext: '', needsPrevious: 'I' },
  IOE2: { opens: 'I', continues: 'IE', needsNext: 'I', needsPrevious: '' },
  IOBES: { opens: 'BI', continues: 'IE', needsNext: 'BI', needsPrevious: 'IE' },
  BILOU: { opens: 'BI', continues: 'IL', needsNext: 'BI', needsPrevious: 'IL' },
};

const forbidden = Number.NEGATIVE_INFINITY;

/**
 * Forbids the sequences that the scheme cannot spell. A word without a token is outside, so that no
 * entity reaches over it.
 *
 * @param labels - Tags of the scheme, `O` among them, so that there always is a way.
 */
export function tagConstraints(labels: readonly string[], scheme: TaggingScheme): GappedScores {
  const rules = transitions[scheme];
  if (!rules) throw new RangeError(`There are no transitions for ${scheme}.`);
  const has = (letters: string, label: string): boolean => letters.includes(label.charAt(0));
  const scoreOf = (before: string, label: string): number => {
    const isSame = before.slice(1) === label.slice(1);
    const goesOn = has(rules.opens, before) && has(rules.continues, label) && isSame;
    const isAllowed = goesOn || !(has(rules.needsNext, before) || has(rules.needsPrevious, label));
    return isAllowed ? 0 : forbidden;
  };
  // Outside is what stands before the first word and behind the last.
  const start = labels.map((label) => scoreOf('O', label));
  const end = labels.map((label) => scoreOf(label, 'O'));
  const adjacent: PathScores = {
    start,
    end,
    into: labels.map((label) => labels.map((before) => scoreOf(before, label))),
  };
  const over = (label: number): number[] => end.map((score) => score + (start[label] ?? 0));
  return { adjacent, gapped: { start, end, into: labels.map((_, label) => over(label)) } };
}
