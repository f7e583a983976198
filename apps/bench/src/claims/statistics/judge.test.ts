import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

const beats = { kind: 'beats', by: 0.01 } as const;
const noWorse = { kind: 'no-worse', by: 0.02 } as const;
const equals = { kind: 'equals', by: 0.02 } as const;

describe('beats', () => {
  it('holds where all of six seeds agree by enough', () => {
    const judgement = judge([0.02, 0.03, 0.01, 0.04, 0.02, 0.05], beats);
    expect(judgement).toEqual({ verdict: 'holds', pValue: 1 / 64 });
  });

  it('does not hold where the difference is sure, but too small to matter', () => {
    expect(judge([0.002, 0.003, 0.001, 0.004, 0.002, 0.005], beats).verdict).toBe('does not hold');
  });

  it('does not hold where the other side is better', () => {
    expect(judge([-0.1, -0.2, -0.1, -0.15, -0.3, -0.12], beats)).toMatchObject({
      verdict: 'does not hold',
      pValue: 1 / 64,
    });
  });

  it('is undecided where seeds disagree, and says how far it is from a decision', () => {
    const judgement = judge([0.05, -0.02, 0.06, -0.03, 0.04, 0.01], beats);
    expect(judgement.verdict).toBe('undecided');
    expect(judgement.pValue).toBeGreaterThan(0.05);
  });

  it('can decide nothing with four seeds', () => {
    expect(judge([0.5, 0.5, 0.5, 0.5], beats)).toEqual({ verdict: 'undecided', pValue: 1 / 16 });
  });
});

describe('no-worse', () => {
  it('holds where the left side is surely less than the margin behind', () => {
    expect(judge([0, -0.01, 0.01, -0.005, 0, 0.004], noWorse).verdict).toBe('holds');
  });

  it('does not hold where the left side is behind by the margin', () => {
    expect(judge([-0.03, -0.05, -0.04, -0.03, -0.06, -0.02], noWorse).verdict).toBe(
      'does not hold',
    );
  });

  it('holds where the left side is far better', () => {
    expect(judge([0.2, 0.3, 0.2, 0.1, 0.2, 0.3], noWorse).verdict).toBe('holds');
  });
});

describe('equals', () => {
  it('holds only within the margin on both sides', () => {
    expect(judge([0, -0.01, 0.01, -0.005, 0, 0.004], equals).verdict).toBe('holds');
    expect(judge([0.2, 0.3, 0.2, 0.1, 0.2, 0.3], equals).verdict).toBe('does not hold');
    expect(judge([0.05, -0.04, 0.03, -0.05, 0.02, -0.01], equals).verdict).toBe('undecided');
  });
});

const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: 5,
  maxLength: 8,
});

it('never says of two sides that each beats the other', () => {
  fc.assert(
    fc.property(differences, (values) => {
      const opposite = values.map((value) => -value);
      const both = [judge(values, beats), judge(opposite, beats)];
      expect(both.filter(({ verdict }) => verdict === 'holds').length).toBeLessThan(2);
    }),
  );
});

it('gives the opposite of beats for no worse', () => {
  const opposite = { holds: 'does not hold', 'does not hold': 'holds', undecided: 'undecided' };
  fc.assert(
    fc.property(differences, (values) => {
      const worse = judge(
        values.map((value) => -value),
        { kind: 'beats', by: 0.02 },
      );
      expect(judge(values, noWorse).verdict).toBe(opposite[worse.verdict]);
    }),
  );
});
