import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import type { TaskKind } from '../contract/method.ts';
import type { CrossEntropyOptions } from '../ops/cross-entropy.ts';
import { type TaskOptions, taskOptionsSchema } from './task-options.ts';

/** Options of the tasks that choose one of several labels. */
export interface ClassificationOptions<Label extends string = string> extends TaskOptions<Label> {
  /**
   * What a row, or word, of each label counts in the loss; 1 where a label has none. More for rare
   * labels keeps the common ones from winning everywhere: `balancedLabelWeights` computes such.
   */
  readonly labelWeights?: Readonly<Partial<Record<Label, number>>> | undefined;
  /** Share of each target that is spread evenly over all labels, in [0, 1). 0 if absent. */
  readonly labelSmoothing?: number | undefined;
}

export const classificationSchema = taskOptionsSchema
  .extend({
    labelWeights: z.record(z.string(), z.number().positive()).optional(),
    labelSmoothing: z.number().min(0).lt(1).optional(),
  })
  .superRefine(({ labels, labelWeights = {} }, context) => {
    for (const label of Object.keys(labelWeights).filter((name) => !labels.includes(name))) {
      const message = `The task has no label "${label}".`;
      context.addIssue({ code: 'custom', message, path: ['labelWeights', label] });
    }
  });

/**
 * Checks a task's options, which may come from a file.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` unless there are two labels or more, none empty, each
 *   once, and weights are positive and of labels.
 */
export function parseClassificationOptions(
  kind: TaskKind,
  options: unknown,
): ClassificationOptions {
  return parseConfig(kind, classificationSchema, options);
}

/** How the loss weighs labels. */
export function lossOptions({
  labels,
  labelWeights,
  labelSmoothing = 0,
}: ClassificationOptions): CrossEntropyOptions {
  const weights = labelWeights && Float32Array.from(labels, (label) => labelWeights[label] ?? 1);
  return { weights, smoothing: labelSmoothing };
}
