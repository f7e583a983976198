import type { Backbone } from '../backbone/backbone.ts';
import { batchesByLength } from '../model/batches-by-length.ts';
import { planBatches } from '../predictor/plan-batches.ts';
import type { ServedRow } from '../predictor/served-row.ts';
import { collate } from '../tokenizer/collate.ts';
import { rowLength } from '../tokenizer/encoded-row.ts';

/** What the backbone computes. */
export interface PassCost {
  readonly passes: number;
  /** Rows of all passes. */
  readonly rows: number;
  /** Positions of all rows: tokens, virtual ones, and padding. */
  readonly positions: number;
}

/** What an ensemble takes, counted, not timed. */
export interface EnsembleCost {
  /** Numbers that each member keeps: its folded prompt, its head and trained weights. */
  readonly stored: readonly number[];
  /** Numbers of the backbone, which is there once. */
  readonly backbone: number;
  /** What the rows take of the backbone: all members in the passes that they share. */
  readonly together: PassCost;
  /** The members one after the other. */
  readonly apart: PassCost;
  /** The first member alone. */
  readonly single: PassCost;
}

/** Counts what rows take, of which each member has its own. */
export function passCosts(
  backbone: Backbone,
  rows: readonly (readonly ServedRow[])[],
  batchSize: number,
): Pick<EnsembleCost, 'together' | 'apart' | 'single'> {
  const pad = backbone.tokenizer.special.pad;
  const { architecture } = backbone.geometry;
  const shared = planBatches(rows.flat(), architecture, batchSize).map((batch) => batch.rows);
  const members = rows[0]?.map((_, member) => rows.flatMap((own) => own.slice(member, member + 1)));
  const alone = (members ?? []).map((own) => {
    const lengths = own.map(({ example }) => rowLength(example.row));
    return batchesByLength(lengths, batchSize).map((places) =>
      places.flatMap((place) => own.slice(place, place + 1)),
    );
  });
  return {
    // A row that is left over runs as two, as in a predictor.
    together: costOf(shared.map((batch) => (batch.length === 1 ? [...batch, ...batch] : batch))),
    apart: costOf(alone.flat()),
    single: costOf(alone[0] ?? []),
  };

  function costOf(batches: readonly (readonly ServedRow[])[]): PassCost {
    const sizes = batches.map((batch) =>
      collate(
        batch.map(({ example }) => example.row),
        pad,
      ),
    );
    return {
      passes: sizes.length,
      rows: sizes.reduce((sum, { size }) => sum + size, 0),
      positions: sizes.reduce((sum, { size, sequence }) => sum + size * sequence, 0),
    };
  }
}

/** Numbers of all weights. */
export function backboneSize({ parameters }: Backbone): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((size, n) => size * n, 1), 0);
}
