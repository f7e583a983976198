import { displayName } from './display-name.ts';
import { formatPoints } from './format-number.ts';
import type { TaskSummary } from './summary.ts';

/** A statement about the means over seeds, and whether it holds. */
export interface Verdict {
  readonly holds: boolean;
  readonly statement: string;
  /** The means behind it, in points. */
  readonly evidence: string;
}

/** Whom deep prompts must beat: in tagging, where prompts at the input fall short, also those. */
const rivalsOf = {
  'sequence-classification': ['head-only', 'majority'],
  'token-classification': ['prompt-tuning', 'head-only', 'majority'],
} as const;

/** Says for each task whether P-tuning v2 beats those it has to; nothing where either is missing. */
export function verdicts(summaries: readonly TaskSummary[]): Verdict[] {
  return summaries.flatMap((summary) => judge(summary) ?? []);
}

function judge({ task, kind, methods }: TaskSummary): Verdict | null {
  const means = new Map(methods.map(({ method, mean }) => [method, mean]));
  const own = means.get('p-tuning-v2');
  const rivals = rivalsOf[kind].flatMap((method) => {
    const mean = means.get(method);
    return mean === undefined ? [] : [{ method, mean }];
  });
  if (own === undefined || rivals.length === 0) return null;
  const names = joinNames(rivals.map(({ method }) => displayName(method)));
  const shown = rivals.map(({ mean }) => formatPoints(mean)).join(', ');
  return {
    holds: rivals.every(({ mean }) => own > mean),
    statement: `P-tuning v2 beats ${names} on ${task}`,
    evidence: `${formatPoints(own)} against ${shown}`,
  };
}

/** `a`, `a and b`, `a, b and c`. */
function joinNames(names: readonly string[]): string {
  const [last, ...others] = [...names].reverse();
  return others.length > 0 ? `${others.reverse().join(', ')} and ${last}` : `${last}`;
}
