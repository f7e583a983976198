import { join } from 'node:path';
import {
  type Backbone,
  createModel,
  sequenceClassification,
  type Task,
  type TunedModel,
  tokenClassification,
} from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';

/** A saved adapter, with its model to compare with. */
export interface SavedAdapter {
  readonly name: string;
  readonly folder: string;
  readonly model: TunedModel;
  /** A row for it, for each number another. */
  row(number: number): object;
}

const words = ['the', 'film', 'was', 'good', 'a', 'long', 'bad', 'time', 'place', 'it'];

function sentence(number: number): string[] {
  const length = 1 + ((number * 7) % 11);
  return Array.from({ length }, (_, index) => words[(number + index * 3) % words.length] ?? '');
}

const text = (number: number) => ({ text: sentence(number).join(' ') });
const pair = (number: number) => ({ ...text(number), textPair: 'it was good' });
const tokens = (number: number) => ({ tokens: sentence(number) });

/** Five tasks, each with its kind of rows. */
const tasks: readonly (readonly [Task, SavedAdapter['row']])[] = [
  [sequenceClassification({ labels: ['bad', 'good'], name: 'sentiment' }), text],
  [sequenceClassification({ labels: ['a', 'b', 'c', 'd'], name: 'topic' }), text],
  [sequenceClassification({ labels: ['follows', 'contradicts', 'neither'], name: 'pairs' }), pair],
  [tokenClassification({ labels: ['O', 'B-X', 'I-X'], name: 'entities' }), tokens],
  [tokenClassification({ labels: ['noun', 'verb'], name: 'words' }), tokens],
];

/** Saves untrained adapters of the four methods for five tasks, of different lengths. */
export async function saveAdapters(
  backbone: Backbone,
  root: string,
  count: number,
): Promise<SavedAdapter[]> {
  const saved: SavedAdapter[] = [];
  for (let index = 0; index < count; index++) {
    const [task, row] = tasks[Math.floor(index / 4) % tasks.length] ?? tasks[0] ?? [];
    if (!task || !row) throw new TypeError('There is no task.');
    const model = modelOf(backbone, index, task);
    const name = `adapter-${index}`;
    const folder = join(root, name);
    await model.save(folder);
    saved.push({ name, folder, model, row });
  }
  return saved;
}

function modelOf(backbone: Backbone, index: number, task: Task): TunedModel {
  const length = 1 + ((index * 5) % 16);
  const common = { backbone, task, seed: index };
  const makers = [
    () => createModel({ ...common, method: pTuningV2, config: { promptLength: length } }),
    () => createModel({ ...common, method: prefix, config: { prefixLength: length } }),
    () => createModel({ ...common, method: promptTuning, config: { promptLength: length } }),
    () => {
      const config = { template: `{prompt:${length}} {text} {prompt:1}`, encoder: 'mlp' } as const;
      const single = {
        ...config,
        template: config.template.replace('{text}', '{text} {text_pair}'),
      };
      return createModel({ ...common, method: pTuning, config: pairIn(task) ? single : config });
    },
  ];
  const make = makers[index % makers.length];
  if (!make) throw new TypeError('There is no method.');
  return make();
}

function pairIn({ options }: Task): boolean {
  return options['name'] === 'pairs';
}
