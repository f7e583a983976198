import { defaultBackbone, loadBackbone } from '@ptl/core';
import { type EngineName, useEngine } from '@ptl/node';
import { Command, type Option } from 'commander';
import type { Terminal } from '../cli/terminal.ts';
import { ownSteps } from './own-steps.ts';
import { type PeftSteps, startPeft } from './peft-steps.ts';
import { stepReport } from './step-report.ts';
import { shapeOn } from './step-shape.ts';
import { timeInTurns } from './timed-steps.ts';

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
  const shape = shapeOn(backbone, engine.threads);
  await using own = ownSteps(backbone);
  await using peft = options.peft === undefined ? null : await startPeft(options.peft, shape);
  if (peft) terminal.error(`${peft.description}.\n`);
  const { numLayers, hiddenSize, numHeads, batchSize, sequence, promptLength } = shape;
  terminal.write(
    `P-tuning v2, ${promptLength} positions a layer, on ${numLayers} layers of ${hiddenSize} with ${numHeads} heads;\n` +
      `${batchSize} rows of ${sequence} tokens, no dropout; medians of 20 steps after warm-up, sides in turns.\n\n`,
  );
  terminal.write(await compareSides(own, peft));
}

async function compareSides(
  own: ReturnType<typeof ownSteps>,
  peft: PeftSteps | null,
): Promise<string> {
  const [ownTimes, peftTimes] = await timeInTurns(peft ? [own, peft] : [own]);
  const empty = { train: [], infer: [] };
  const first = { name: 'PTL', times: ownTimes ?? empty };
  return peftTimes ? stepReport([first, { name: 'PEFT', times: peftTimes }]) : stepReport([first]);
}
