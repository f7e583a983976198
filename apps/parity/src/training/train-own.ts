import { type DataSet, taskOf } from '@ptl/bench/data-sets';
import { type Backbone, createModel, type TunedModel, train } from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import { batchSize, type TrainedCase } from './trained-cases.ts';

/** Trains PTL's own model by the same method. The caller owns it. */
export async function trainOwn(
  trained: TrainedCase,
  dataSet: DataSet,
  backbone: Backbone,
  steps: number,
): Promise<TunedModel> {
  const model = create(trained, dataSet, backbone);
  await train(model, {
    train: dataSet.train,
    maxSteps: steps,
    batchSize,
    learningRate: trained.learningRate,
    seed: 1,
    progress: 'none',
  });
  return model;
}

function create(
  { method, promptLength }: TrainedCase,
  dataSet: DataSet,
  backbone: Backbone,
): TunedModel {
  const options = { backbone, task: taskOf(dataSet), semantics: 'peft', seed: 1 } as const;
  switch (method) {
    case 'prefix':
      return createModel({ ...options, method: prefix, config: { prefixLength: promptLength } });
    case 'p-tuning-v2':
      return createModel({ ...options, method: pTuningV2, config: { promptLength } });
    case 'prompt-tuning':
      return createModel({ ...options, method: promptTuning, config: { promptLength } });
    case 'p-tuning':
      return createModel({
        ...options,
        method: pTuning,
        config: { placement: 'front', promptLength },
      });
  }
}
