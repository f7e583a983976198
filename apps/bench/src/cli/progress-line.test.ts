import { expect, it } from 'vitest';
import { ProgressLine } from './progress-line.ts';

function record(isLive: boolean) {
  const written: string[] = [];
  const clock = { time: 0 };
  const error = (text: string) => void written.push(text);
  const terminal = { write: error, error, isLive, columns: 12 };
  return { written, clock, line: new ProgressLine(terminal, () => clock.time) };
}

it('writes over its line on a terminal, cut to the width of it', () => {
  const { written, clock, line } = record(true);
  clock.time = 100;
  line.update('one two three four');
  line.finish('done');
  expect(written).toEqual(['\r\u001b[Kone two thr', '\r\u001b[K', 'done\n']);
});

it('shows no state sooner than 80 ms after the one before', () => {
  const { written, clock, line } = record(true);
  for (const time of [50, 100, 150, 200]) {
    clock.time = time;
    line.update(`at ${time}`);
  }
  expect(written).toEqual(['\r\u001b[Kat 100', '\r\u001b[Kat 200']);
});

it('writes plain lines elsewhere, and few of them', () => {
  const { written, clock, line } = record(false);
  for (const seconds of [5, 15, 25, 30, 50]) {
    clock.time = seconds * 1000;
    line.update(`at ${seconds}`);
  }
  line.finish('done');
  expect(written).toEqual(['at 25\n', 'at 50\n', 'done\n']);
});
