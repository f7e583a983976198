import * as tf from '@tensorflow/tfjs';
import type { Prompt } from '../contract/prompt.ts';
import { noDropout } from '../ops/dropout.ts';
import { exampleLength, sequencesOf } from '../task/sequences-of.ts';
import type { Example } from '../task/task.ts';
import { collate } from '../tokenizer/collate.ts';
import type { FrozenStates } from '../trainer/frozen-cache.ts';
import { batchesByLength } from './batches-by-length.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import { hiddenStates } from './hidden-states.ts';
import type { ModelParts } from './model-parts.ts';
import { joinByRow, windowsOf } from './row-windows.ts';

/** Reads something off the logits of a batch, which are row-major in `shape`: of the
 * sequences of each example in turn; one thing for each example. */
export type ReadLogits<Output> = (
  logits: Float32Array,
  shape: readonly number[],
  examples: readonly Example[],
) => Output[];

export interface InferenceOptions<Output> {
  /** Rows per batch. */
  readonly batchSize: number;
  /** Whether the examples have targets to compute a loss from. */
  readonly withLoss: boolean;
  /** Whether `read` gets the logits as they are, and not what the task condenses them to. */
  readonly isRaw?: boolean;
  readonly read: ReadLogits<Output>;
  /** Looks up what the frozen part of the model gave for a batch before; nothing if absent. */
  readonly frozenStates?: (examples: readonly Example[]) => Promise<FrozenStates | null>;
  /** Makes one output of those of a row's windows. */
  join(outputs: readonly Output[]): Output;
}

export interface InferenceResult<Output> {
  /** One for each example, in their order. */
  readonly outputs: readonly Output[];
  /** Mean loss; NaN without one. */
  readonly loss: number;
}

/**
 * Runs a model over rows: prompt folded once, rows and windows of like length together, results in
 * the order of the rows.
 */
export async function runInference<Row, Prediction, Output>(
  parts: ModelParts<Row, Prediction>,
  rows: readonly Example[],
  { batchSize, join, ...options }: InferenceOptions<Output>,
): Promise<InferenceResult<Output>> {
  const prompt = foldPrompt(parts.tuner);
  const examples = rows.flatMap(windowsOf);
  const outputs: Output[] = [];
  let [sum, count] = [0, 0];
  try {
    const lengths = examples.map(exampleLength);
    for (const places of batchesByLength(lengths, batchSize)) {
      const chosen = places
        .map((place) => examples[place])
        .filter((example) => example !== undefined);
      const result = await runBatch(parts, chosen, prompt, options);
      sum += result.loss;
      count += result.count;
      for (const [index, output] of result.outputs.entries()) {
        outputs[places[index] ?? 0] = output;
      }
    }
  } finally {
    disposePrompt(prompt);
  }
  return { outputs: joinByRow(outputs, rows, join), loss: sum / count };
}

async function runBatch<Row, Prediction, Output>(
  parts: ModelParts<Row, Prediction>,
  examples: readonly Example[],
  prompt: Prompt,
  {
    withLoss,
    isRaw = false,
    read,
    frozenStates,
  }: Omit<InferenceOptions<Output>, 'batchSize' | 'join'>,
) {
  const { task, backbone, head, unfrozen } = parts;
  const frozen = (await frozenStates?.(examples)) ?? null;
  const rows = examples.flatMap(sequencesOf);
  const batch = collate(rows, backbone.tokenizer.special.pad);
  let count = 0;
  const [logits, loss] = tf.tidy(() => {
    const hidden = hiddenStates(parts, batch, prompt, { frozen });
    const output = head.logits(hidden, noDropout, unfrozen.variables, rows);
    const kept = (isRaw ? null : task.condense?.(output, examples, batch)) ?? output;
    if (!withLoss) return [kept, tf.scalar(0)];
    const summed = task.loss(output, examples, batch);
    count = summed.count;
    return [kept, summed.sum];
  }) as [tf.Tensor, tf.Scalar]; // Tidy widens tuples.
  try {
    const [values, sum] = await Promise.all([logits.data<'float32'>(), loss.data<'float32'>()]);
    return { outputs: read(values, logits.shape, examples), loss: sum[0] ?? 0, count };
  } finally {
    tf.dispose([logits, loss]);
  }
}
