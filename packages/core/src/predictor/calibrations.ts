import type { Backbone } from '../backbone/backbone.ts';
import type { ReadLogits } from '../model/inference.ts';
import { type RowLogits, readRowLogits } from '../model/row-logits.ts';
import { planBatches } from './plan-batches.ts';
import { runBatch } from './run-batch.ts';
import type { ServedAdapter } from './served-adapter.ts';

/** What adapters whose task asks for it give rows that say nothing, computed once for each. */
export class Calibrations {
  readonly #known = new WeakMap<ServedAdapter, readonly Float32Array[]>();

  /** Computes what an adapter needs before {@link Calibrations.decode}, if anything. */
  async prepare(adapter: ServedAdapter, backbone: Backbone, batchSize: number): Promise<void> {
    const { contentFree, calibrate } = adapter.task;
    if (!contentFree || !calibrate || this.#known.has(adapter)) return;
    const rows = contentFree.map((row, place) => {
      return {
        place,
        window: 0,
        adapter,
        example: adapter.task.encodeInput(row, place, adapter.context),
      };
    });
    const reference: Float32Array[] = [];
    for (const batch of planBatches(rows, backbone.geometry.architecture, batchSize)) {
      const read = { isRaw: true, by: () => readRowLogits };
      const results = (await runBatch(backbone, batch, read)) as RowLogits[]; // As it reads them.
      for (const [index, { place }] of batch.rows.entries()) {
        reference[place] = results[index]?.values ?? new Float32Array();
      }
    }
    this.#known.set(adapter, reference);
  }

  /** Reads predictions off an adapter's logits. */
  decode(adapter: ServedAdapter): ReadLogits<unknown> {
    return (logits, shape, examples) =>
      adapter.task.decode(this.correct(adapter, logits), shape, examples);
  }

  /** An adapter's logits as its predictions are read off them. */
  correct(adapter: ServedAdapter, logits: Float32Array): Float32Array {
    const { task } = adapter;
    const reference = this.#known.get(adapter);
    return reference && task.calibrate ? task.calibrate(logits, reference) : logits;
  }
}
