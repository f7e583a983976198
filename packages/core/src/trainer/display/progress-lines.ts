import type { Observer } from '../observer.ts';
import type { Output } from './create-display.ts';
import { describeEvent, describeStep } from './describe-event.ts';

/** Time between two lines about steps. */
const pauseMs = 10_000;

/** Plain lines for files and pipes: each evaluation, and a step now and then. */
export function progressLines(output: Output, now = () => performance.now()): Observer {
  let last = now();
  return {
    handle: (event) => {
      const isStepShown = event.type === 'step' && now() - last >= pauseMs;
      const line = isStepShown ? describeStep(event) : describeEvent(event);
      if (line === undefined) return;
      last = now();
      output.write(`${line}\n`);
    },
  };
}
