import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Semantics } from '../backbone/backbone.ts';
import type { Batch } from '../contract/batch.ts';
import type { BackboneArchitecture, BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { PromptLayout, TemplatePart } from '../contract/layout.ts';
import type { Dropout, TaskInfo } from '../contract/method.ts';
import type { VariableStore } from '../contract/variable-store.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { HeadGeometry, VocabularyLayer } from './head.ts';

/** A row ready for a batch. */
export interface Example<Target = unknown> {
  readonly row: EncodedRow;
  readonly target: Target;
  /** The other windows of a row that is too long to be read at once, each an example like this one. */
  readonly further?: readonly Example<Target>[];
  /**
   * The other sequences of a row that makes several, such as one for each choice: `row` and these
   * pass the backbone and the head as rows of one batch, and their logits belong together.
   */
  readonly alternatives?: readonly EncodedRow[];
}

/** What a task needs to turn rows into examples. */
export interface EncodingContext {
  readonly tokenizer: Tokenizer;
  readonly layout: PromptLayout;
  /** Positions a row may take, slots included. */
  readonly maxPositions: number;
  /** Of the backbone: a decoder reads no mask but predicts what stands there. `encoder` if absent. */
  readonly architecture?: BackboneArchitecture;
  /** What surrounds the texts, where the layout is no template itself; nothing if absent. */
  readonly pattern?: readonly TemplatePart[];
  /** Whose rules hold where PTL and PEFT encode a row differently. `ptl` if absent. */
  readonly semantics?: Semantics;
}

export interface HeadContext {
  readonly backbone: BackboneGeometry;
  /** The shape of head that this backbone's family uses for the task. */
  readonly head: HeadGeometry;
  /** For heads that score words. */
  readonly tokenizer?: Tokenizer;
  /** Where the prompt's slots are, and what else a method puts into rows; nothing if absent. */
  readonly layout?: PromptLayout;
  /** The pretrained model's own layers that score words; null where its checkpoint has none. */
  readonly vocabulary?: VocabularyLayer | null;
  /** Empty; the head creates its variables here. */
  readonly variables: VariableStore;
}

/** Maps the backbone's output, virtual positions already stripped, to logits. */
export interface TaskHead {
  /** The tokens whose hidden states it takes: the one that stands for its row, those marked, or all. */
  readonly reads: 'summary' | 'marked' | 'all';
  /**
   * `[batch, labels]`, or `[batch, sequence, labels]` for tokens. Called inside a tidy.
   *
   * @param trained - Backbone weights that are trained along, for the pooler.
   * @param rows - The rows of the batch, for heads that read what is marked in them.
   */
  logits(
    hidden: Tensor3D,
    dropout: Dropout,
    trained?: ReadonlyMap<string, Tensor>,
    rows?: readonly EncodedRow[],
  ): Tensor;
  /**
   * The same in two steps, without dropout, where the first is the backbone's own pooler: heads of one
   * backbone share it, so that it runs once for the rows of all of them. Absent without a pooler.
   */
  readonly pooled?: PooledHead;
}

export interface PooledHead {
  readonly pooler: NonNullable<HeadGeometry['pooler']>;
  /** Logits of pooled states, `[batch, hidden]`. */
  label(pooled: Tensor2D): Tensor;
}

/**
 * A sum of losses and how many it sums over, so that parts of a batch can be added up exactly. Losses
 * that weigh more or less than one count for as much.
 */
export interface SummedLoss {
  readonly sum: Scalar;
  readonly count: number;
}

/**
 * Named results of an evaluation: in [0, 1], [-1, 1] for correlations, nats for log-likelihoods,
 * squares of the values' unit for errors.
 */
export type Scores = Readonly<Record<string, number>>;

/**
 * What is learnt: turns rows into examples, hidden states into logits, and logits into a loss or
 * predictions. Knows neither method nor model family.
 */
export interface Task<Row = unknown, Prediction = unknown, Target = unknown> extends TaskInfo {
  /** The score by which checkpoints are compared; larger is better. */
  readonly primaryMetric: string;
  /** Options as plain data, from which {@link Task} can be made again. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * @param index - Place of the row in its data set, for messages.
   * @throws {@link PtlError} `ROW_INVALID` or `LABEL_UNKNOWN`.
   */
  encode(row: Row, index: number, context: EncodingContext): Example<Target>;
  /** The same without looking for a label, for rows to predict. */
  encodeInput(row: Row, index: number, context: EncodingContext): Example<null>;
  createHead(context: HeadContext): TaskHead;
  /** Called inside a tidy. `batch` and logits hold the sequences of the examples in order. */
  loss(logits: Tensor, examples: readonly Example<Target>[], batch: Batch): SummedLoss;
  /**
   * Makes less of logits that are too many to download; {@link Task.decode} then gets the result.
   * Called inside a tidy. Logits stay as they are if absent.
   */
  condense?(logits: Tensor, examples: readonly Example[], batch: Batch): Tensor;
  /** Rows without a label that say nothing; {@link Task.calibrate} gets their logits. */
  readonly contentFree?: readonly unknown[];
  /**
   * Corrects downloaded logits, of which predictions are then read; loss and raw logits stay as
   * they are.
   *
   * @param contentFree - Logits of each of {@link Task.contentFree}.
   */
  calibrate?(logits: Float32Array, contentFree: readonly ArrayLike<number>[]): Float32Array;
  /** Reads predictions off logits that were downloaded, row-major in `shape`. */
  decode(
    logits: Float32Array,
    shape: readonly number[],
    examples: readonly Example[],
  ): Prediction[];
  /**
   * Makes one prediction of those of a row's windows, first window first. Tasks whose examples have
   * {@link Example.further} ones have it.
   */
  joinWindows?(predictions: readonly Prediction[]): Prediction;
  score(predictions: readonly Prediction[], rows: readonly Row[]): Scores;
}
