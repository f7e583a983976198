import type { TrainingSettings } from '../../experiments/training-settings.ts';
import type { ComparedClaim, Side } from '../claim.ts';
import { sentiment, slots } from '../data/claim-data-sets.ts';
import { clearly, noWorse } from './relations.ts';
import { setting, side } from './setting.ts';

const placed = (encoder: string, label: string, training: Partial<TrainingSettings> = {}) => {
  const config = { encoder, template: null, placement: 'front', promptLength: 20 };
  return side(label, sentiment, 'p-tuning', config, training);
};

/** The same prefix, with an MLP and without, at a rate around the best of each. */
function overRates(label: string, reparameterization: object | null, best: number): Side {
  const settings = [best / 5, best, best * 5].map((learningRate) =>
    setting(sentiment, 'prefix', { reparameterization }, { learningRate }),
  );
  return { label, settings, combine: 'spread' };
}

const withMlp = side('prefix-tuning, MLP', slots, 'prefix', { prefixLength: 32 });

/** What an encoder that makes the prompt is good for. */
export const encoderClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'mlp-stable-over-rates',
    statement:
      'Without an MLP a prefix is sensitive to the learning rate: scores at a fifth, once and five times the best rate are further apart',
    source: 'Li & Liang 4.3',
    left: overRates('spread without', null, 0.05),
    relation: clearly,
    right: overRates('spread with an MLP', {}, 0.005),
  },
  {
    kind: 'compared',
    id: 'mlp-better',
    statement: 'A prefix made by an MLP beats one that is trained itself',
    source: 'Li & Liang 4.3',
    left: withMlp,
    relation: clearly,
    right: side(
      'no MLP',
      slots,
      'prefix',
      { prefixLength: 32, reparameterization: null },
      { learningRate: 0.12 },
    ),
  },
  {
    kind: 'compared',
    id: 'v2-needs-no-mlp',
    statement: 'P-tuning v2 needs no MLP',
    source: 'P-Tuning v2 3.3, which says it depends on the task',
    left: side('no MLP', slots, 'p-tuning-v2', { promptLength: 32 }),
    relation: noWorse,
    right: side(
      'MLP',
      slots,
      'p-tuning-v2',
      { promptLength: 32, reparameterization: {} },
      { learningRate: 0.01 },
    ),
  },
  {
    kind: 'compared',
    id: 'prompt-tuning-needs-no-encoder',
    statement: 'A prompt at the input needs no MLP',
    source: 'Lester et al. 4',
    left: side('no MLP', sentiment, 'prompt-tuning', { promptLength: 20 }),
    relation: noWorse,
    right: placed('mlp', 'MLP', { learningRate: 0.001 }),
  },
  {
    kind: 'compared',
    id: 'lstm-beats-free-rows',
    statement: 'An LSTM that relates virtual tokens to each other beats free rows',
    source: 'Liu et al. 2021 3.2',
    left: placed('lstm', 'BiLSTM and MLP'),
    relation: clearly,
    right: placed('none', 'none', { learningRate: 0.01 }),
  },
];
