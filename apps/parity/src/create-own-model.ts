import {
  type Backbone,
  causalLanguageModeling,
  createModel,
  deriveSeed,
  normal,
  questionAnswering,
  sequenceClassification,
  sequenceToSequence,
  type Task,
  type TunedModel,
  tokenClassification,
} from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import * as tf from '@tensorflow/tfjs';
import type { StoredCase } from './read-cases.ts';

const length = 5;
/** As many as `parity.py` has. */
const labels = ['a', 'b', 'c', 'd', 'e'];

/** A random model of PTL's own by the same method; null where PTL has none that PEFT can express. */
export function createOwnModel(stored: StoredCase, backbone: Backbone): TunedModel | null {
  const model = stored.modulesToSave.length === 0 ? create(stored, backbone) : null;
  for (const [name, variable] of model?.trainableVariables ?? []) {
    const seed = deriveSeed(0, `${stored.name}/${name}`);
    // As PEFT's side draws them: prompts that are felt, and logits of order 1.
    const spread = name.startsWith('head/') ? 0.1 : 0.5;
    tf.tidy(() => variable.assign(normal(variable.shape, spread, seed)));
  }
  return model;
}

function create({ task: taskType, method }: StoredCase, backbone: Backbone): TunedModel | null {
  const options = { backbone, task: taskOf(taskType), semantics: 'peft' } as const;
  if (method === 'prompt') {
    return createModel({ ...options, method: promptTuning, config: { promptLength: length } });
  }
  if (method === 'p-mlp' || method === 'p-lstm') {
    const encoder = method === 'p-mlp' ? 'mlp' : 'lstm';
    const config = { placement: 'front', promptLength: length, encoder } as const;
    return createModel({ ...options, method: pTuning, config });
  }
  if (method !== 'prefix' && method !== 'prefix-mlp') return null;
  if (lacksPrefix(backbone)) return null;
  const reparameterization = method === 'prefix' ? null : { hiddenSize: 24 };
  const sites: ['decoder'] | null = taskType === 'SEQ_2_SEQ_LM' ? ['decoder'] : null;
  const config = { prefixLength: length, reparameterization, sites };
  return createModel({ ...options, method: prefix, config });
}

/** PEFT gives the upper half of such a decoder the prefixes of the lower; none of PTL's is like that. */
function lacksPrefix({ geometry: { architecture, numLayers } }: Backbone): boolean {
  return architecture === 'encoder-decoder' && numLayers % 2 === 0;
}

function taskOf(type: StoredCase['task']): Task {
  if (type === 'CAUSAL_LM') return causalLanguageModeling();
  if (type === 'QUESTION_ANS') return questionAnswering();
  if (type === 'SEQ_2_SEQ_LM') return sequenceToSequence();
  if (type === 'TOKEN_CLS') return tokenClassification({ labels });
  return sequenceClassification({ labels: labels.slice(0, 3) });
}
