import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import type { ReadLogits } from '../model/inference.ts';
import { sequencesOf } from '../task/sequences-of.ts';
import type { Example } from '../task/task.ts';
import { collate } from '../tokenizer/collate.ts';
import { type HeadRows, headLogits, type PassOutput, readFor, rowsByAdapter } from './head-rows.ts';
import { mixedPrompt } from './mixed-prompt.ts';
import type { PlannedBatch } from './plan-batches.ts';
import type { ServedAdapter } from './served-adapter.ts';

/** How what a head gives is turned into the results of its rows. */
export interface ReadRows {
  /** Whether logits are read as they are, and not what the task condenses them to. */
  readonly isRaw: boolean;
  readonly by: (adapter: ServedAdapter) => ReadLogits<unknown>;
}

/**
 * Runs a batch once through the backbone, and each adapter's head over its rows.
 *
 * @returns One result for each row, in order.
 */
export async function runBatch(
  backbone: Backbone,
  batch: PlannedBatch,
  { isRaw, by }: ReadRows,
): Promise<unknown[]> {
  const { length } = batch.rows;
  const isSingle = length === 1 && !batch.rows[0]?.example.alternatives;
  // Of two rows, for the reason that heads have too; the second result is dropped.
  const rows = isSingle ? [...batch.rows, ...batch.rows] : batch.rows;
  const parts = rowsByAdapter(rows);
  const examples: (readonly Example[])[] = [];
  const logits = tf.tidy(() => {
    const output = forward(backbone, { ...batch, rows }, parts);
    return parts.map((part) => {
      const head = headLogits(part, output, isRaw);
      examples.push(head.examples);
      return head.logits;
    });
  });
  try {
    const values = await Promise.all(logits.map((part) => part.data<'float32'>()));
    const results = parts.flatMap(({ adapter, examples: own }, index) => {
      const [part, numbers, read] = [logits[index], values[index], examples[index]];
      if (!part || !numbers || !read) return [];
      return by(adapter)(numbers, part.shape, read).slice(0, own.length);
    });
    return results.slice(0, length);
  } finally {
    tf.dispose(logits);
  }
}

function forward(
  backbone: Backbone,
  { rows, positionOffset, semantics }: PlannedBatch,
  parts: readonly HeadRows[],
): PassOutput {
  const paddingId = backbone.tokenizer.special.pad;
  const { architecture } = backbone.geometry;
  const batch = collate(
    rows.flatMap(({ example }) => sequencesOf(example)),
    paddingId,
  );
  const adapters = rows.flatMap(({ adapter, example }) => sequencesOf(example).map(() => adapter));
  const prompt = mixedPrompt(adapters, batch.promptLength);
  const read = readFor(parts, architecture);
  // Adapters with weights of their own have a batch of their own.
  const weights = adapters[0]?.weights ?? new Map<string, tf.Tensor>();
  const hidden = backbone.forward(batch, prompt, { positionOffset, semantics, weights, read });
  return { hidden, batch, read, semantics, architecture, paddingId, pooled: new Map() };
}
