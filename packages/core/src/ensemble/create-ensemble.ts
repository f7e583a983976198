import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import { requireSame } from '../model/composed-model.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import { serveModel } from '../predictor/served-adapter.ts';
import type { Task } from '../task/task.ts';
import { Ensemble } from './ensemble.ts';
import type { EnsembleJoin, LogitScale } from './join-logits.ts';

export interface EnsembleOptions<Row, Prediction> {
  /** Two or more of one task and one backbone, of any methods and prompt lengths. They stay the caller's. */
  readonly models: readonly TunedModel<Row, Prediction>[];
  /**
   * `vote`, the default: what most members predict, and of equals what they find likelier on average.
   * `mean-logits` and `mean-probabilities` predict from the means of the members'.
   */
  readonly join?: EnsembleJoin;
}

const subject = 'createEnsemble';
const settings = z.strictObject({
  join: z.enum(['vote', 'mean-logits', 'mean-probabilities']).default('vote'),
});
const kinds = ['sequence-classification', 'token-classification'];

/**
 * Makes one classifier of models whose prompts were trained apart: each row runs through the backbone
 * with all their prompts in one batch, and what their heads give is joined.
 *
 * Prompts and heads are copied as they are now. The caller owns the result.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for fewer than two models, for models of different tasks
 *   or backbones, for tasks other than classification, tagging and regression, and for votes on
 *   numbers or sets of labels.
 * @see Lester et al. (2021), arXiv:2104.08691, 6
 */
export function createEnsemble<Row, Prediction>({
  models,
  ...options
}: EnsembleOptions<Row, Prediction>): Ensemble<Row, Prediction> {
  const { join } = parseConfig(subject, settings, options);
  const [first] = models;
  if (!first || models.length < 2) {
    throw invalidOption(subject, 'models', `Expected two or more, got ${models.length}.`);
  }
  const parts = models.map((model) => model.parts);
  requireSame(subject, 'backbone', parts, ({ backbone }) => backbone.fingerprint);
  requireSame(subject, 'task', parts, ({ task }) => JSON.stringify([task.kind, task.options]));
  const scale = scaleOf(first.task, join);
  const stored = models.map(({ parameters }) => parameters.stored);
  const members = parts.map((part, index) => serveModel(String(index), part));
  return new Ensemble({ backbone: first.backbone, task: first.task, members, stored, join, scale });
}

/** @throws {@link PtlError} `CONFIG_INVALID` if there is no joining this task's predictions so. */
function scaleOf(
  { kind, labels, options, condense }: Pick<Task, 'kind' | 'labels' | 'options' | 'condense'>,
  join: EnsembleJoin,
): LogitScale {
  const { problemType, crf } = options;
  if (crf === true) {
    throw invalidOption(subject, 'models', 'Tags that a CRF scores together are not joined.');
  }
  if (condense) {
    throw invalidOption(subject, 'models', 'Scores of a whole vocabulary are not joined.');
  }
  if (!kinds.includes(kind)) {
    const message = `Predictions of ${kind} are not joined; those of ${kinds.join(' and ')} are.`;
    throw invalidOption(subject, 'models', message);
  }
  if (labels.length === 0) {
    if (join === 'mean-logits') return 'value';
    throw invalidOption(subject, 'join', `Numbers take "mean-logits", not "${join}".`);
  }
  if (problemType !== 'multi_label_classification') return 'classes';
  if (join !== 'vote') return 'labels';
  throw invalidOption(subject, 'join', 'Sets of labels take a mean, not "vote".');
}
