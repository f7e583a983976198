import type { DataSet } from '@ptl/bench/data-sets';
import type { TunedModel } from '@ptl/core';
import * as z from 'zod';

/** What one library says of all test rows with an adapter. */
export interface Answers {
  /** For each row its class, or the tag of each word. */
  readonly predictions: readonly (readonly string[])[];
  /** For each row those of its classes, or of the tags of each token. */
  readonly logits: readonly ArrayLike<number>[];
  /** Accuracy of classes, entity F1 of tags; counted by that library's side. */
  readonly score: number;
}

const answersSchema = z.object({
  predictions: z.array(z.array(z.string())),
  logits: z.array(z.array(z.number())),
  score: z.number(),
});

/** What `training.py` wrote: answers by case, or what went wrong. */
export const peftAnswersSchema = z.object({
  versions: z.object({ peft: z.string(), torch: z.string(), transformers: z.string() }),
  results: z.record(z.string(), z.union([answersSchema, z.string()])),
});

export type PeftAnswers = z.output<typeof peftAnswersSchema>;

/** What a prediction of the two tasks holds. */
const predictionSchema = z.union([
  z.object({ tags: z.array(z.string()) }).transform(({ tags }) => tags),
  z.object({ label: z.string() }).transform(({ label }) => [label]),
]);

/** PTL's answers. */
export async function answersOf(model: TunedModel, { test }: DataSet): Promise<Answers> {
  const predictions = await model.predict(test);
  const logits = await model.logits(test);
  const { [model.primaryMetric]: score = Number.NaN } = model.task.score(predictions, test);
  return {
    predictions: z.array(predictionSchema).parse(predictions),
    logits: logits.map(({ values }) => values),
    score,
  };
}
