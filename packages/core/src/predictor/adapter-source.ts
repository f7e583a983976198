import type { PtlError } from '../contract/errors.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import type { Task } from '../task/task.ts';

/** A saved adapter, of PTL or PEFT, with what its files do not tell. */
export interface AdapterFolder<Row = unknown, Prediction = unknown> {
  readonly folder: string;
  /** The task with its labels, which types rows and predictions. Made from the folder if absent. */
  readonly task?: Task<Row, Prediction>;
  /** In place of `task`, for PEFT's files, which have no labels. */
  readonly labels?: readonly string[];
}

/**
 * Where an adapter comes from: a folder, which is read when it is needed, or a model, of which the
 * present values are copied and which stays its owner's.
 */
export type AdapterSource<Row = unknown, Prediction = unknown> =
  | string
  | AdapterFolder<Row, Prediction>
  | TunedModel<Row, Prediction>;

/** Adapters by name. */
export type AdapterSources = Readonly<Record<string, AdapterSource>>;

type PredictionOf<Source> = Source extends { readonly task: Task<infer _, infer Prediction> }
  ? Prediction
  : unknown;

/** A row for an adapter. Any name goes: adapters come and go. */
export interface PredictionRequest<Name extends string = string> {
  readonly adapter: Name | (string & {});
  /** One of its task's, without label or tags. */
  readonly row: unknown;
}

/** What came of one row. */
export type Served<Result> =
  | { readonly ok: true; readonly adapter: string; readonly value: Result }
  | { readonly ok: false; readonly adapter: string; readonly error: PtlError };

/** What comes of a list of requests, in their order. */
export type Predictions<Sources extends AdapterSources, Requests extends readonly unknown[]> = {
  [Index in keyof Requests]: Requests[Index] extends { readonly adapter: infer Name }
    ? Served<Name extends keyof Sources ? PredictionOf<Sources[Name]> : unknown>
    : never;
};
