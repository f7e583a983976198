import { type Backbone, createPredictor, type TunedModel } from '@ptl/core';
import type { ExactOutcome } from '../claim.ts';
import { largestDifference } from './largest-difference.ts';
import { promptMethods, trialModel, trialRows } from './trial-model.ts';

/** Logits may differ by this much: they are summed in another order beside longer rows. */
const tolerance = 1e-5;

/** Gives every row to every method's model in one mixed call, and each alone. */
export async function checkMixedBatch(backbone: Backbone): Promise<ExactOutcome> {
  const models = new Map<string, TunedModel>();
  try {
    for (const { method, config } of promptMethods) {
      models.set(method, await trialModel(backbone, method, config));
    }
    return await compare(backbone, models);
  } finally {
    for (const model of models.values()) model[Symbol.dispose]();
  }
}

async function compare(
  backbone: Backbone,
  models: ReadonlyMap<string, TunedModel>,
): Promise<ExactOutcome> {
  using predictor = createPredictor({ backbone, adapters: Object.fromEntries(models) });
  const requests = trialRows.flatMap((row) =>
    [...models.keys()].map((adapter) => ({ adapter, row })),
  );
  const mixed = await predictor.logits(requests);
  const together = mixed.flatMap((served) => (served.ok ? [...served.value.values] : []));
  const alone: number[] = [];
  for (const { adapter, row } of requests) {
    const [logits] = (await models.get(adapter)?.logits([row])) ?? [];
    alone.push(...(logits?.values ?? []));
  }
  const difference = largestDifference(together, alone);
  return {
    holds: difference <= tolerance,
    evidence: `${requests.length} rows for ${models.size} methods with prompts of different lengths in one call: logits differ from those of each row alone by ${difference.toExponential(1)} at most`,
  };
}
