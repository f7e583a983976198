import { readFile } from 'node:fs/promises';
import { loadBackbone, loadModel } from '@ptl/core';
import { useEngine } from '@ptl/node';
import { ownSteps } from './own-steps.ts';
import { plainWork } from './work.ts';

/*
 * What a new process does while it is watched: `predict BACKBONE ADAPTER TEXT` prints the label of a
 * text; `memory BACKBONE` trains a little and prints its largest resident memory in bytes.
 */
const [command, source, ...rest] = process.argv.slice(2);
await useEngine({ onMessage: () => undefined });
using backbone = await loadBackbone(source);

if (command === 'predict') {
  const [folder = '', text] = rest;
  using model = await loadModel(folder, { backbone });
  const [prediction] = await model.predict([{ text }]);
  process.stdout.write(`${JSON.stringify(prediction)}\n`);
} else {
  await using own = ownSteps(backbone, plainWork);
  await own.train(5);
  process.stdout.write(`${await peakMemory()}\n`);
}

/**
 * The largest resident memory of this process, in bytes. Linux counts in `maxRSS` what the parent had
 * when it made this process, so that it is asked for in another way there.
 */
async function peakMemory(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return Number(kilobytes ?? process.resourceUsage().maxRSS) * 1024;
}
