import { describe, expect, it } from 'vitest';
import { largest, softmax } from '../task/softmax.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { joinLogits } from './join-logits.ts';

expect.extend({ toBeAllClose });

const of = (...probabilities: number[]) => probabilities.map(Math.log);

describe('votes', () => {
  it('are counted: what most members predict wins, however sure the others are', () => {
    const joined = joinLogits('vote', 'classes', [
      of(0.4, 0.3, 0.3),
      of(0.4, 0.3, 0.3),
      of(0.01, 0.98, 0.01),
    ]);
    expect(softmax(joined)).toBeAllClose([2 / 3, 1 / 3, 0], { absolute: 2e-6 });
  });

  it('that are equal go to the class that is likelier on average, also in float32', () => {
    const members = [of(0.1, 0.5, 0.4), of(0.1, 0.3, 0.6)];
    expect(largest(Float32Array.from(joinLogits('vote', 'classes', members)))).toBe(2);
    expect(largest(Float32Array.from(joinLogits('vote', 'classes', members.toReversed())))).toBe(2);
    const likelierLoser = [of(0.45, 0.1, 0.45001), of(0.46, 0.47, 0.07)];
    // The first class has the largest mean, but no vote.
    expect(largest(Float32Array.from(joinLogits('vote', 'classes', likelierLoser)))).toBe(1);
  });
});

describe('means', () => {
  it('are those of logits, or of probabilities', () => {
    const members = [
      [0, 4],
      [1, 0],
    ];
    expect(joinLogits('mean-logits', 'classes', members)).toEqual([0.5, 2]);
    const [[, a = 0], [, b = 0]] = members.map(softmax) as [number[], number[]];
    const joined = softmax(joinLogits('mean-probabilities', 'classes', members));
    expect(joined[1]).toBeCloseTo((a + b) / 2, 12);
  });

  it('are those of each label’s own probability where labels do not exclude each other', () => {
    const joined = joinLogits('mean-probabilities', 'labels', [
      [0, 3],
      [2, -1],
    ]);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    expect(joined.map(sigmoid)).toBeAllClose([
      (sigmoid(0) + sigmoid(2)) / 2,
      (sigmoid(3) + sigmoid(-1)) / 2,
    ]);
  });
});
