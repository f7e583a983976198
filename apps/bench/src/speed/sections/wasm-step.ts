import { loadBackbone } from '@ptl/core';
import { useEngine } from '@ptl/node';
import { formatTimes } from '../format-times.ts';
import { ownSteps } from '../own-steps.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { describeSize, plainWork } from '../work.ts';

/** Times a training step on WebAssembly, and leaves that engine in use: to be the last part. */
export async function wasmStep({ source, isQuick, say }: SpeedContext): Promise<SpeedTable> {
  say('WebAssembly');
  const { version, threads } = await useEngine({ engine: 'wasm', onMessage: () => undefined });
  using backbone = await loadBackbone(source);
  await using own = ownSteps(backbone, plainWork);
  await own.train(1);
  const count = isQuick ? 2 : 5;
  const [train, infer] = [(await own.train(count + 1)).slice(1), await own.infer(count)];
  return {
    title: 'WebAssembly',
    about: `TF.js ${version}, threads: ${threads}; P-tuning v2, ${describeSize(plainWork)}.`,
    columns: ['', 'step', 'inference'],
    rows: [['PTL', formatTimes(train), formatTimes(infer)]],
  };
}
