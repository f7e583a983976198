import { defaultBackbone } from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { startPeft } from './peft-process.ts';
import { stepReport } from './step-report.ts';
import { timeInTurns } from './timed-steps.ts';
import { sizesOf } from './work.ts';

function fakeSide(name: string, calls: string[]) {
  const answer = (kind: string) => (count: number) => {
    calls.push(`${name} ${kind} ${count}`);
    return Promise.resolve(Array.from({ length: count }, (_, index) => index));
  };
  return {
    train: answer('train'),
    infer: answer('infer'),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

it('times the sides in turns, and leaves the first step of each block out', async () => {
  const calls: string[] = [];
  const [own, other] = await timeInTurns([fakeSide('a', calls), fakeSide('b', calls)]);
  expect(calls.slice(4, 8)).toEqual(['a train 6', 'b train 6', 'a infer 6', 'b infer 6']);
  expect(own?.train).toHaveLength(20);
  expect(other?.infer.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 1]);
});

it('shows medians and their ratio', () => {
  const own = { name: 'PTL', times: { train: [100, 300, 200], infer: [50] } };
  const peft = { name: 'PEFT', times: { train: [400, 400], infer: [40] } };
  expect(stepReport([own, peft])).toBe(
    [
      '             training step       inference\n',
      'PTL                 200 ms           50 ms\n',
      'PEFT                400 ms           40 ms\n',
      'PTL / PEFT            0.50            1.25\n',
    ].join(''),
  );
});

it('reads the sizes of the work off the backbone', () => {
  using backbone = createTinyBackbone();
  expect(sizesOf(backbone, 2)).toMatchObject({
    hiddenSize: 8,
    intermediateSize: 16,
    paddingId: backbone.tokenizer.special.pad,
    threads: 2,
  });
});

it('says why PEFT cannot be started', async () => {
  using backbone = createTinyBackbone();
  const shape = sizesOf(backbone, 1);
  await expect(startPeft('no-such-python', shape, defaultBackbone)).rejects.toThrow(
    /no-such-python.*ENOENT/,
  );
  // Node takes the script for JavaScript, and ends with its first line that is none.
  await expect(startPeft(process.execPath, shape, defaultBackbone)).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
  });
});
