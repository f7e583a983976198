/**
 * 1 if an answer equals one of the gold ones, but for case, ASCII punctuation, the articles a, an
 * and the, and white space; else 0. Without gold answers, or with empty ones only, no answer is right.
 *
 * @see the evaluation scripts of SQuAD 1.1 and 2.0, `compute_exact`
 */
export function answerExactMatch(predicted: string, gold: readonly string[]): number {
  const own = normalizeAnswer(predicted);
  return goldAnswers(gold).some((answer) => normalizeAnswer(answer) === own) ? 1 : 0;
}

/**
 * F1 of an answer's words and those of the gold answer that it is closest to, in [0, 1], after the
 * same normalization.
 *
 * @see the evaluation scripts of SQuAD 1.1 and 2.0, `compute_f1`
 */
export function answerF1(predicted: string, gold: readonly string[]): number {
  const own = wordsOf(predicted);
  return Math.max(...goldAnswers(gold).map((answer) => wordsF1(own, wordsOf(answer))));
}

function goldAnswers(gold: readonly string[]): readonly string[] {
  const answers = gold.filter((answer) => normalizeAnswer(answer) !== '');
  return answers.length > 0 ? answers : [''];
}

function wordsF1(predicted: readonly string[], gold: readonly string[]): number {
  if (predicted.length === 0 || gold.length === 0) return predicted.length === gold.length ? 1 : 0;
  const counts = new Map<string, number>();
  for (const word of gold) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of predicted) {
    const left = counts.get(word) ?? 0;
    if (left > 0) common++;
    counts.set(word, left - 1);
  }
  return (2 * common) / (predicted.length + gold.length);
}

function wordsOf(answer: string): string[] {
  return normalizeAnswer(answer)
    .split(' ')
    .filter((word) => word !== '');
}

function normalizeAnswer(answer: string): string {
  return answer
    .toLowerCase()
    .replaceAll(punctuation, '')
    .replaceAll(article, ' ')
    .replaceAll(whiteSpace, ' ')
    .trim();
}

/** Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;
/** Between what Python takes for the ends of a word; JavaScript's `\b` knows ASCII only. */
const article = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
const whiteSpace = /\p{White_Space}+/gu;
