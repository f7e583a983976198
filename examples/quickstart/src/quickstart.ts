import {
  createModel,
  labelsOf,
  loadBackbone,
  loadModel,
  tokenClassification,
  train,
} from '@ptl/core';
import { useEngine } from '@ptl/node';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { rows } from './rows.ts';

/** Trains a tagger of places and times, saves it to `folder`, and tags with what was saved. */
export async function quickstart(folder: string, sentence: string): Promise<string[]> {
  await useEngine(); // native TensorFlow where it can be had, else WebAssembly
  using backbone = await loadBackbone(); // MiniLM, frozen: 22 million parameters

  const task = tokenClassification({ labels: labelsOf(rows) });
  using model = createModel({
    backbone,
    method: pTuningV2,
    config: { promptLength: 8 },
    task,
    seed: 1,
  });
  await train(model, { train: rows, epochs: 12, batchSize: 4, learningRate: 2e-2, seed: 1 });
  await model.save(folder);

  using loaded = await loadModel(folder, { backbone, task }); // needs no method: the prompt is folded
  const tokens = sentence.split(' ');
  const [prediction] = await loaded.predict([{ tokens }]);
  return tokens.map((token, index) => `${token}/${prediction?.tags[index]}`);
}
