import * as tf from '@tensorflow/tfjs';
import { formatCount } from '../../report/format-number.ts';
import { ownSteps } from '../own-steps.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { timedMethods } from '../timed-methods.ts';
import { plainWork } from '../work.ts';

/** Counts what a training step does; the machine makes no difference to it. */
export async function kernelCounts(context: SpeedContext): Promise<SpeedTable> {
  const { backbone } = context;
  const rows: string[][] = [];
  for (const method of Object.keys(timedMethods)) {
    await using own = ownSteps(backbone, { ...plainWork, method });
    const [one, two] = [await profile(() => own.train(1)), await profile(() => own.train(2))];
    const counts = [two.kernels - one.kernels, two.bytes - one.bytes];
    rows.push([method, formatCount(own.trainable), ...counts.map(formatCount)]);
  }
  const { batchSize, sequence, promptLength } = plainWork;
  return {
    title: 'Kernels and bytes of a training step',
    about: `${batchSize} rows of ${sequence} tokens, ${promptLength} positions. Kernels that TF.js runs in a step, and bytes of all that they make; the machine makes no difference to them.`,
    columns: ['method', 'trainable', 'kernels', 'bytes made'],
    rows,
  };
}

async function profile(run: () => Promise<unknown>) {
  const { kernels } = await tf.profile(async () => {
    await run();
    return tf.scalar(0);
  });
  // Identities share the memory of what they are made from, although TF.js counts it again; and
  // what it calls forward, or an unnamed scope, is no kernel but a group of them.
  const real = kernels.filter(
    ({ name }) => !['Identity', 'forward', 'unnamed scope'].includes(name),
  );
  const bytes = real.reduce((sum, { bytesAdded }) => sum + Math.max(0, bytesAdded), 0);
  return { kernels: real.length, bytes };
}
