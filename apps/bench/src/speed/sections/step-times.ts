import type { Precision } from '@ptl/core';
import { formatRatio, formatTimes } from '../format-times.ts';
import { ownSteps } from '../own-steps.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { timedMethods } from '../timed-methods.ts';
import { timeInTurns } from '../timed-steps.ts';
import { describeSize, plainWork, type Work } from '../work.ts';

const sizes = [
  { batchSize: 16, sequence: 64, promptLength: 16 },
  { batchSize: 16, sequence: 64, promptLength: 64 },
  { batchSize: 32, sequence: 128, promptLength: 16 },
  { batchSize: 32, sequence: 128, promptLength: 64 },
] as const;
/** Those for which PEFT's own autocast is timed beside PTL's frozen products in bfloat16. */
const halfPrecision = ['p-tuning-v2', 'prompt-tuning', 'p-tuning'];

/** Times a training step and an inference of each method, at several sizes. */
export async function stepTimes(context: SpeedContext): Promise<SpeedTable> {
  const rows: string[][] = [];
  for (const work of worksOf(context.isQuick)) {
    const row = await timeWork(work, context);
    if (!row) continue;
    context.say(row.join('   '));
    rows.push(row);
  }
  return {
    title: 'Training step and inference',
    about:
      'Rows by tokens, and prompt positions; medians (and the middle half) of steps after warm-up, sides in turns, nothing dropped out. ' +
      'Steps start from rows that are encoded, inference from texts: PTL by `predict`, PEFT by `model(**tokenizer(texts))` with the same `tokenizer.json` in its fast tokenizer. ' +
      'PEFT in bfloat16 runs under autocast; PTL rounds the factors of frozen products, and in inference those of attention too.',
    columns: ['work', 'PTL step', 'PEFT step', 'ratio', 'PTL inference', 'PEFT inference', 'ratio'],
    rows,
  };
}

async function timeWork(work: Work, { backboneIn, peft }: SpeedContext): Promise<string[] | null> {
  const loaded = await backboneIn(work.precision);
  if (!loaded) return null;
  await using own = ownSteps(loaded, work);
  const other = await peft?.prepare(work);
  const isLarge = work.batchSize * work.sequence > plainWork.batchSize * plainWork.sequence;
  const plan = isLarge ? { blocks: 2, steps: 1 } : { blocks: 3, steps: 3 };
  const [ours, theirs] = await timeInTurns(other ? [own, other] : [own], plan);
  if (!ours) return null;
  return [
    `${work.method}, ${work.precision}, ${describeSize(work)}`,
    formatTimes(ours.train),
    theirs ? formatTimes(theirs.train) : '',
    formatRatio(ours.train, theirs?.train),
    formatTimes(ours.infer),
    theirs ? formatTimes(theirs.infer) : '',
    formatRatio(ours.infer, theirs?.infer),
  ];
}

function worksOf(isQuick: boolean): Work[] {
  const names = Object.keys(timedMethods);
  const works = (methods: readonly string[], precision: Precision): Work[] =>
    methods.flatMap((method) =>
      sizes
        .filter((size, index) => (isQuick ? index === 0 : true) && hasPrompt(method, size))
        .map((size) => ({ method, precision, ...size })),
    );
  return [...works(names, 'float32'), ...works(halfPrecision, 'bfloat16')];
}

/** A method without a prompt does the same work whatever the prompt's length. */
function hasPrompt(method: string, { promptLength }: { readonly promptLength: number }): boolean {
  return (
    promptLength === plainWork.promptLength || !['head-only', 'full-fine-tuning'].includes(method)
  );
}
