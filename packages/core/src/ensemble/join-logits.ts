import { largest, softmax } from '../task/softmax.ts';

/** How the predictions of an ensemble's members become one. */
export type EnsembleJoin = 'vote' | 'mean-logits' | 'mean-probabilities';

/** What logits say: the probabilities of classes, of which one is right, of labels, or a value. */
export type LogitScale = 'classes' | 'labels' | 'value';

/** Less than any share of votes; its logarithm is finite, unlike that of 0. */
const least = 1e-12;
/** Enough for float32 to tell a logarithm from those of equal shares. */
const nudge = 1e-6;

/**
 * Makes one vector of logits of those that members of an ensemble give for the same labels, so that a
 * task reads its prediction off it as off any other.
 *
 * `vote`: the probability of a class is its share of the votes, and of equal shares the class with the
 * larger mean probability wins. `mean-probabilities`: it is the mean of the members'.
 */
export function joinLogits(
  join: EnsembleJoin,
  scale: LogitScale,
  members: readonly ArrayLike<number>[],
): number[] {
  if (join === 'mean-logits') return meanOf(members);
  if (scale === 'labels') {
    const means = meanOf(members.map((logits) => Array.from(logits, sigmoid)));
    return means.map((probability) => Math.log(probability) - Math.log1p(-probability));
  }
  const means = meanOf(members.map(softmax));
  if (join === 'mean-probabilities') return means.map((probability) => Math.log(probability));
  const votes = new Array<number>(means.length).fill(0);
  for (const logits of members) votes[largest(logits)] = (votes[largest(logits)] ?? 0) + 1;
  const most = Math.max(...votes);
  const winner = largest(means.map((probability, at) => (votes[at] === most ? probability : -1)));
  return votes.map((count, at) =>
    Math.log(Math.max(least, count / members.length) + (at === winner ? nudge : 0)),
  );
}

function meanOf(members: readonly ArrayLike<number>[]): number[] {
  return Array.from(members[0] ?? [], (_, at) => {
    return members.reduce((sum, values) => sum + (values[at] ?? 0), 0) / members.length;
  });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
