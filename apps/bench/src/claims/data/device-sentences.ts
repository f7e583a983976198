import { deriveSeed, type TextRow } from '@ptl/core';
import type { TextDataSet } from '../../data/data-set.ts';
import { drawPerLabel } from './draw-rows.ts';

/** Words that name a device, a part of one or what it does, with what they may be part of. */
const deviceWords =
  /phone|headset|battery|bluetooth|charg|call|sound|\bear|cell|motorola|nokia|verizon|reception|plug|cable|case|device|razr|jabra|plantronics|samsung|signal|volume|audio|camera|screen|button|keyboard/i;

const sizes = { train: 96, development: 32, elsewhere: 100 };

/** Whether a review sentence says what it is about; the others praise or complain in general. */
export function isAboutDevices({ text }: Pick<TextRow, 'text'>): boolean {
  return deviceWords.test(text);
}

/**
 * Sentences that name no device to train on; to test on, what is left of these, and as many that do
 * name one.
 */
export function splitByDevice(all: TextDataSet, seed: number): TextDataSet {
  const rows = [...all.train, ...all.development, ...all.test];
  const general = rows.filter((row) => !isAboutDevices(row));
  const train = drawPerLabel(general, sizes.train, deriveSeed(seed, 'train'));
  const left = without(general, train);
  const development = drawPerLabel(left, sizes.development, deriveSeed(seed, 'development'));
  const devices = rows.filter(isAboutDevices);
  return {
    ...all,
    name: 'sentiment without devices',
    train,
    development,
    test: [
      ...without(left, development),
      ...drawPerLabel(devices, sizes.elsewhere, deriveSeed(seed, 'elsewhere')),
    ],
    notes: ['Trained on sentences that name no device, tested on those and on others that do'],
  };
}

function without(rows: readonly TextRow[], taken: readonly TextRow[]): TextRow[] {
  const gone = new Set(taken);
  return rows.filter((row) => !gone.has(row));
}
