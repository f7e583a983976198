import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModel, sequenceClassification } from '@ptl/core';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { pythonFolder } from '../../bench-folder.ts';
import { median } from '../../report/statistics.ts';
import { startPeft } from '../peft-process.ts';
import { runProgram } from '../run-program.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { plainWork } from '../work.ts';

/** The program that a new process runs for PTL, beside the bench's own. */
const child = new URL('./speed-child.js', import.meta.url).pathname;
const text = 'which stop comes after the main station?';

/** Measures whole processes: how soon they answer, and how much memory a training step takes. */
export async function processes(context: SpeedContext): Promise<SpeedTable> {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-speed-'));
  try {
    const [own, peft] = await startUps(context, folder);
    const [ownBytes, peftBytes] = await memories(context);
    const row = (name: string, ours: number, theirs: number | null, unit: string): string[] => [
      name,
      `${ours.toFixed(2)} ${unit}`,
      theirs === null ? '' : `${theirs.toFixed(2)} ${unit}`,
      theirs === null ? '' : (ours / theirs).toFixed(2),
    ];
    return {
      title: 'Start-up and memory',
      about:
        `From the start of a process to its first prediction: backbone and P-tuning v2 adapter loaded from files, one text of ten tokens classified, by PEFT as ids without a tokenizer; medians of new processes in turns. ` +
        `And the largest resident memory of a new process that trains ${plainWork.batchSize} rows of ${plainWork.sequence} tokens with ${plainWork.promptLength} positions.`,
      columns: ['', 'PTL', 'PEFT', 'ratio'],
      rows: [
        row('start to first prediction', own, peft, 's'),
        row(
          'peak memory of training',
          ownBytes / 1e9,
          peftBytes === null ? null : peftBytes / 1e9,
          'GB',
        ),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startUps(
  { backbone, source, python, sizes, isQuick, say }: SpeedContext,
  folder: string,
): Promise<readonly [number, number | null]> {
  say('start-up');
  const task = sequenceClassification({ labels: ['no', 'yes'] });
  const config = { promptLength: plainWork.promptLength };
  {
    using model = createModel({ backbone, method: pTuningV2, config, task });
    await model.save(join(folder, 'own'));
  }
  const script = join(pythonFolder, 'peft_start.py');
  const made = JSON.stringify({ ...sizes, promptLength: plainWork.promptLength });
  if (python !== null) await runProgram(python, [script, folder, made]);
  const [own, others]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < (isQuick ? 2 : 5); turn++) {
    const args = [child, 'predict', source, join(folder, 'own'), text];
    own.push((await runProgram(process.execPath, args)).seconds);
    if (python !== null) others.push((await runProgram(python, [script, folder])).seconds);
  }
  return [median(own), python === null ? null : median(others)];
}

async function memories({
  source,
  python,
  sizes,
  say,
}: SpeedContext): Promise<readonly [number, number | null]> {
  say('memory');
  const { output } = await runProgram(process.execPath, [child, 'memory', source]);
  if (python === null) return [Number(output), null];
  await using peft = await startPeft(python, sizes, source);
  await (await peft.prepare(plainWork)).train(5);
  return [Number(output), await peft.ask('memory')];
}
