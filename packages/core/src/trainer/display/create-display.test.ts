import { describe, expect, it } from 'vitest';
import type { TrainEvent } from '../train-event.ts';
import { createDisplay } from './create-display.ts';
import { formatDuration } from './describe-event.ts';

const step = (number: number): TrainEvent => ({
  type: 'step',
  step: number,
  totalSteps: 8,
  epoch: number / 4,
  loss: 0.5,
  learningRate: 0.01,
  gradientNorm: 1,
  rowsPerSecond: 120,
  secondsLeft: 65,
});
const evaluation: TrainEvent = {
  type: 'evaluation',
  step: 4,
  totalSteps: 8,
  epoch: 1,
  trainLoss: 0.4,
  validationLoss: 0.3,
  scores: { accuracy: 0.875 },
  isBest: true,
};

function shown(kind: 'auto' | 'bar' | 'lines' | 'none', isTTY: boolean, columns = 100): string {
  let text = '';
  const output = { isTTY, columns, write: (more: string) => (text += more) };
  const display = createDisplay(kind, output);
  for (const event of [step(1), step(2), evaluation]) display?.handle(event);
  void display?.close?.();
  return text;
}

describe('the progress display', () => {
  it('is a bar on a terminal, with loss, rate and time left, above which evaluations stay', () => {
    const text = shown('auto', true);
    expect(text).toContain('███░░░░░░░░░░░░░░░░░░░░░  step 1/8  loss 0.5000  rate 1.0e-2');
    expect(text).toContain('120 rows/s  1:05 left');
    expect(text).toContain('validation loss 0.3000  accuracy 0.8750  (best)\n');
    expect(text.endsWith('\r\u001b[K')).toBe(true);
  });

  it('never wraps the bar', () => {
    const bar = shown('bar', true, 40).split('\r\u001b[K')[1];
    expect(bar).toHaveLength(39);
  });

  it('is plain lines elsewhere', () => {
    expect(shown('auto', false)).toBe(
      'step 4/8  train loss 0.4000  validation loss 0.3000  accuracy 0.8750  (best)\n',
    );
    expect(shown('lines', true)).toBe(shown('auto', false));
  });

  it('is nothing where nothing is asked for', () => {
    expect(shown('none', true)).toBe('');
  });

  it('writes times as clocks do', () => {
    expect([7.4, 65, 3723].map(formatDuration)).toEqual(['0:07', '1:05', '1:02:03']);
  });
});
