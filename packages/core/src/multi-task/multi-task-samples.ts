import type { Backbone } from '../backbone/backbone.ts';
import type { ConfigInput } from '../contract/config-schema.ts';
import { windowMethod } from '../model/window-method.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { createMultiTaskModel } from './create-multi-task-model.ts';
import { multiTaskRows } from './multi-task-row.ts';

/** Two tasks of different kinds, for tests. */
export const tasks = {
  places: tokenClassification({ labels: ['O', 'B-X', 'I-X'] }),
  moods: sequenceClassification({ labels: ['good', 'bad'] }),
};

const words = ['the', 'film', 'was', 'long', 'place', 'good', 'bad', 'time'];

/** Sentences of 1 to 7 words, the same each time. */
function sentence(index: number): string[] {
  const length = 1 + ((index * 3) % 7);
  return Array.from({ length }, (_, at) => words[(index * 5 + at * 3) % words.length] ?? 'a');
}

export function placeRows(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const tokens = sentence(index);
    return { tokens, tags: tokens.map((word) => (word === 'place' ? 'B-X' : 'O')) } as const;
  });
}

export function moodRows(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const label = index % 3 === 0 ? 'bad' : 'good';
    return { text: sentence(index + 40).join(' '), label } as const;
  });
}

export const rows = multiTaskRows({ places: placeRows(9), moods: moodRows(3) });
export const validation = multiTaskRows({ places: placeRows(4), moods: moodRows(3) });

/** Settings of a short training. */
export const training = {
  train: rows,
  validation,
  batchSize: 3,
  epochs: 1,
  seed: 3,
  progress: 'none',
} as const;

type PrefixConfig = ConfigInput<typeof windowMethod.configSchema>;

/** Both tasks behind one prefix, whose values are dropped at random in training. */
export function prefixTasks(
  backbone: Backbone,
  config: PrefixConfig = {},
  rest: { taskPrompt?: PrefixConfig; lossWeights?: { moods?: number }; seed?: number } = {},
) {
  const given = { layers: 'all' as const, ...config };
  return createMultiTaskModel({
    ...{ backbone, method: windowMethod, config: given, tasks, seed: 7 },
    ...rest,
  });
}
