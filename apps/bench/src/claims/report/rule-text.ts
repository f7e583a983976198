import { significance } from '../statistics/judge.ts';

/** How verdicts are come to, for pages; a sentence each. */
export const ruleText: readonly string[] = [
  'Both sides of a claim are run with the same seeds: the same rows to train on where these are drawn, in the same order. A pair of scores is what one seed gave.',
  `The test is the exact sign-flip permutation test of the pairs, one-sided, since a claim names a side; a p-value below ${significance} counts. With n seeds none is below 1 in 2 to the n, so that four seeds decide nothing.`,
  '"Better by 1.0" holds if the mean difference is a point or more and above zero by the test, and does not hold if the difference is below a point by the test. "Not worse by 2.0" is the opposite of the other side being better by two points, and "apart by less than 2.0" says it of both sides.',
  'What is neither is undecided: more seeds may decide it.',
];

/** What the figures can bear. */
export const limitsText: readonly string[] = [
  'The backbone is a sentence encoder of 22 million weights and the data are small; the papers have models of a hundred million to eleven billion. A claim that does not hold here may hold there.',
  'A p-value speaks of other seeds, and of other draws of the rows to train on where they are drawn, on the same test rows; not of other data or backbones.',
  'Each row is judged by itself: of twenty claims that are all wrong one would be expected to hold by chance.',
  'Settings were chosen on development parts with other seeds, for each method its own. Two sides of one method have the same but for what the claim is about, and for the rate where one side has an encoder and the other none.',
  'A quick try trains for fewer epochs, which costs most where prompts are trained without an encoder: P-tuning v2 on tags has those that a search chose for it only where it is set against full fine-tuning.',
];
