import { describe, expect, it } from 'vitest';
import { decideAnswer, readWindow } from './answer-prediction.ts';

const text = 'it was a long film';
const window = {
  position: 2,
  text,
  spans: Array.from(text.matchAll(/\w+/g), ({ 0: word, index: start }) => ({
    start,
    end: start + word.length,
  })),
};

/** Logits of two tokens in front and five words, from scores of start and end. */
function logitsOf(starts: readonly number[], ends: readonly number[]): Float32Array {
  return Float32Array.from(starts.flatMap((start, index) => [start, ends[index] ?? 0]));
}

describe('readWindow', () => {
  const logits = logitsOf([1, 9, 4, 0, 0, 0, 3], [2, 9, 0, 0, 3, 5, 0]);

  it('finds the best span within the window, however good other tokens are', () => {
    const { best, nullScore } = readWindow(logits, window, 30);
    expect(best).toEqual({ text: 'it was a long', start: 0, end: 13, score: 9 });
    expect(nullScore).toBe(3);
  });

  it('gives no answer that is too long', () => {
    expect(readWindow(logits, window, 3).best?.text).toBe('it was a');
    expect(readWindow(logits, window, 1).best?.text).toBe('long');
  });

  it('never ends before it starts', () => {
    const backwards = logitsOf([0, 0, 0, 0, 0, 0, 9], [0, 0, 9, 0, 0, 0, 0]);
    expect(readWindow(backwards, window, 30).best?.score).toBe(9);
  });

  it('finds nothing in a context without tokens', () => {
    const empty = { position: 2, text: '', spans: [] };
    expect(decideAnswer([readWindow(logits, empty, 30)], null)).toEqual({
      text: '',
      start: 0,
      end: 0,
      score: 3,
      nullScore: 3,
      best: null,
    });
  });
});

describe('decideAnswer', () => {
  const span = (score: number) => ({ text: String(score), start: 0, end: 1, score });
  const windows = [
    { nullScore: 7, best: span(4) },
    { nullScore: 6, best: span(5) },
    { nullScore: 9, best: null },
  ];

  it('takes the best answer and the smallest score of none among the windows', () => {
    expect(decideAnswer(windows, null)).toEqual({ ...span(5), nullScore: 6, best: span(5) });
  });

  it('gives none where its score is higher by more than the threshold', () => {
    expect(decideAnswer(windows, 1).text).toBe('5');
    const none = { text: '', start: 0, end: 0, score: 6, nullScore: 6, best: span(5) };
    expect(decideAnswer(windows, 0.9)).toEqual(none);
  });
});
