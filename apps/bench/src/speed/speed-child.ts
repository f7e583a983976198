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
  process.stdout.write(`${process.resourceUsage().maxRSS * 1024}\n`);
}
