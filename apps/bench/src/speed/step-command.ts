import { defaultBackbone, loadBackbone } from '@ptl/core';
import { type EngineName, useEngine } from '@ptl/node';
import { Command, type Option } from 'commander';
import type { Terminal } from '../cli/terminal.ts';
import { ownSteps } from './own-steps.ts';
import { startPeft } from './peft-process.ts';
import { stepReport } from './step-report.ts';
import { timeInTurns } from './timed-steps.ts';
import { plainWork, sizesOf } from './work.ts';

interface StepOptions {
  readonly engine?: EngineName;
  readonly backbone: string;
  readonly peft?: string;
}

/** The command `step`. */
export function stepCommand(terminal: Terminal, engineOption: Option): Command {
  return new Command('step')
    .description(
      'times one training step of P-tuning v2: 16 positions a layer, 16 rows of 64 tokens',
    )
    .addOption(engineOption)
    .option('--backbone <source>', 'folder, npm package or hub id', defaultBackbone)
    .option('--peft <python>', 'times PEFT beside it, with a Python that has peft and torch')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .action((options: StepOptions) => timeStep(options, terminal));
}

async function timeStep(options: StepOptions, terminal: Terminal): Promise<void> {
  const engine = await useEngine({
    ...(options.engine ? { engine: options.engine } : {}),
    onMessage: (line) => terminal.error(`${line}\n`),
  });
  using backbone = await loadBackbone(options.backbone);
  const sizes = sizesOf(backbone, engine.threads);
  await using own = ownSteps(backbone, plainWork);
  const { peft: python, backbone: source } = options;
  await using peft = python === undefined ? null : await startPeft(python, sizes, source);
  if (peft) terminal.error(`${peft.description}.\n`);
  const { numLayers, hiddenSize, numHeads } = sizes;
  const { batchSize, sequence, promptLength } = plainWork;
  terminal.write(
    `P-tuning v2, ${promptLength} positions a layer, on ${numLayers} layers of ${hiddenSize} with ${numHeads} heads;\n` +
      `${batchSize} rows of ${sequence} tokens, no dropout; medians of 20 steps after warm-up, sides in turns.\n\n`,
  );
  const other = await peft?.prepare(plainWork);
  const [ownTimes, peftTimes] = await timeInTurns(other ? [own, other] : [own]);
  const first = { name: 'PTL', times: ownTimes ?? { train: [], infer: [] } };
  const second = peftTimes ? [{ name: 'PEFT', times: peftTimes }] : [];
  terminal.write(stepReport([first, ...second]));
}
