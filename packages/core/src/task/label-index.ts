import { PtlError } from '../contract/errors.ts';
import { suggestName } from '../contract/nearest.ts';
import { nameRow, type RowPlace } from './row-place.ts';

/** Most labels that a message lists; an error's details hold all of them. */
const listed = 30;

/** The labels of a task and their places in its logits. */
export class LabelIndex {
  readonly labels: readonly string[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(labels: readonly string[]) {
    this.labels = labels;
    this.#places = new Map(labels.map((label, place) => [label, place]));
  }

  /** @throws {@link PtlError} `LABEL_UNKNOWN`, with the nearest label and the known ones. */
  placeOf(label: string, row: RowPlace): number {
    const place = this.#places.get(label);
    if (place !== undefined) return place;
    const { labels } = this;
    const rest = labels.length > listed ? ` and ${labels.length - listed} more` : '';
    const known = labels.slice(0, listed).join(', ') + rest;
    const hint = suggestName(label, labels);
    const message = `${nameRow(row)}: the task has no label "${label}".${hint} Known: ${known}.`;
    throw new PtlError('LABEL_UNKNOWN', message, { label, known: labels });
  }
}
