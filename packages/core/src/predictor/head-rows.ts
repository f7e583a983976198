import * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from '../backbone/backbone.ts';
import { summaryPositions } from '../backbone/pass/read-tokens.ts';
import type { Batch } from '../contract/batch.ts';
import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import { noDropout } from '../ops/dropout.ts';
import { sequencesOf } from '../task/sequences-of.ts';
import type { Example, PooledHead, TaskHead } from '../task/task.ts';
import { collate } from '../tokenizer/collate.ts';
import { realPositions } from '../tokenizer/real-positions.ts';
import type { PlannedBatch } from './plan-batches.ts';
import type { ServedAdapter } from './served-adapter.ts';

/** Rows of one adapter that its head takes at once. */
export interface HeadRows {
  readonly adapter: ServedAdapter;
  readonly examples: readonly Example[];
  /** Places of the sequences of its rows in the batch. */
  readonly places: readonly number[];
}

/** What a forward pass gave, and how it was asked. */
export interface PassOutput {
  /** `[batch, sequence, hidden]`. */
  readonly hidden: tf.Tensor3D;
  readonly batch: Batch;
  readonly read: ForwardOptions['read'];
  readonly semantics: PlannedBatch['semantics'];
  readonly architecture: BackboneArchitecture;
  readonly paddingId: number;
  /** What poolers made of the token that stands for its row, of each row: `[batch, hidden]`. */
  readonly pooled: Map<PooledHead['pooler'], tf.Tensor2D>;
}

/** The rows of a batch by adapter. */
export function rowsByAdapter(rows: PlannedBatch['rows']): HeadRows[] {
  const owners = rows.flatMap(({ adapter, example }) => sequencesOf(example).map(() => adapter));
  return [...new Set(owners)].map((adapter) => {
    const places = [...owners.keys()].filter((place) => owners[place] === adapter);
    const examples = rows.filter((row) => row.adapter === adapter).map(({ example }) => example);
    return { adapter, places, examples };
  });
}

/** What a pass must give for all of these heads. */
export function readFor(
  parts: readonly HeadRows[],
  architecture: BackboneArchitecture,
): NonNullable<ForwardOptions['read']> {
  if (architecture === 'encoder-decoder') return 'all';
  const [reads, ...others] = new Set(parts.map(({ adapter }) => adapter.head.reads));
  const isOne = others.length === 0 && reads !== undefined && reads !== 'all';
  return isOne ? reads : 'positions';
}

/**
 * Logits of one adapter's rows, or what its task condenses them to: for each of its examples, and
 * once more for the only token of a single one.
 */
export function headLogits(
  { adapter, examples, places }: HeadRows,
  output: PassOutput,
  isRaw: boolean,
): { readonly logits: tf.Tensor; readonly examples: readonly Example[] } {
  const { task, head } = adapter;
  const own = collate(examples.flatMap(sequencesOf), output.paddingId);
  const tokens = tokensRead(head.reads, own);
  // A product of a single row may be summed up in another order than that of several.
  const isSingle = places.length * tokens === 1;
  const rows = isSingle ? [...places, ...places] : places;
  const ofHead = isSingle ? [...examples, ...examples] : examples;
  const logits = pooledLogits(adapter, rows, output) ?? plainLogits();
  const kept = isRaw ? logits : (task.condense?.(logits, ofHead, own) ?? logits);
  return { logits: kept, examples: ofHead };

  function plainLogits(): tf.Tensor {
    const states = output.read === 'all' ? output.hidden : pick(output, head.reads, rows, tokens);
    return head.logits(states, noDropout, adapter.weights, ofHead.flatMap(sequencesOf));
  }
}

/** Logits by way of a pooler that runs once for all heads; null where a head has none, or one of its own. */
function pooledLogits(
  { head, weights }: ServedAdapter,
  rows: readonly number[],
  output: PassOutput,
): tf.Tensor | null {
  if (!head.pooled || weights.size > 0 || output.read === 'all') return null;
  const { pooler, label } = head.pooled;
  const pooled = output.pooled.get(pooler) ?? poolAll(pooler, output);
  output.pooled.set(pooler, pooled);
  return label(tf.gather(pooled, tf.tensor1d([...rows], 'int32')));
}

function poolAll(pooler: PooledHead['pooler'], output: PassOutput): tf.Tensor2D {
  const [size, , width] = output.hidden.shape;
  const first = pick(output, 'summary', [...Array(size).keys()], 1);
  return pooler(tf.reshape(first, [size, width]));
}

/** Tokens of each row that a head takes. */
function tokensRead(
  reads: TaskHead['reads'],
  { sequence, promptLength, marks, size }: Batch,
): number {
  if (reads === 'summary') return 1;
  return reads === 'marked' ? (marks?.length ?? 0) / size : sequence - promptLength;
}

/** Hidden states of rows, `[rows, tokens, hidden]`. */
function pick(
  { hidden, batch, read, semantics, architecture }: PassOutput,
  reads: TaskHead['reads'],
  rows: readonly number[],
  tokens: number,
): tf.Tensor3D {
  const [size, sequence, width] = hidden.shape;
  const summary = summaryPositions(architecture, batch, semantics);
  const real = realPositions(batch);
  const position = (row: number, token: number): number => {
    if (read !== 'positions') return token;
    if (reads === 'summary') return summary(row);
    if (reads === 'marked') return batch.marks?.[row * tokens + token] ?? 0;
    return real.gather[row * real.sequence + token] ?? 0;
  };
  const chosen = rows.flatMap((row) =>
    Array.from({ length: tokens }, (_, token) => row * sequence + position(row, token)),
  );
  const flat = tf.reshape<tf.Rank.R2>(hidden, [size * sequence, width]);
  const states = tf.gather(flat, tf.tensor1d(chosen, 'int32'));
  return tf.reshape(states, [rows.length, tokens, width]);
}
