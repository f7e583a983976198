import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import type { FrozenBackbone } from '../contract/frozen-backbone.ts';
import type { Dropout, TaskKind } from '../contract/method.ts';
import type { BackbonePrompt } from '../contract/prompt.ts';
import type { HeadGeometry, VocabularyLayer } from '../task/head.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { CheckpointHead } from './checkpoint-head.ts';
import type { Precision } from './weights/precision.ts';

/**
 * Positions of the real tokens behind a prefix: moved on by the prefix length, as Transformers,
 * PEFT and the P-tuning v2 code do, or left where they are without a prefix.
 */
export type PositionOffset = 'shift' | 'none';

/**
 * Whose rules hold where PTL and PEFT compute different things from the same prompt: PTL classifies a
 * row by its real token, PEFT by whatever stands at the first position of an encoder, which is a
 * virtual token where those stand in front; and PEFT leaves the token types of questions and contexts
 * aside.
 */
export type Semantics = 'ptl' | 'peft';

/** What goes into a layer, computed before. */
export interface LayerInput {
  /** Counted from 0. */
  readonly layer: number;
  /** `[batch, sequence, hidden]`, slots and padding included; what stands at padding is never looked at. */
  readonly hidden: Tensor3D;
}

export interface ForwardOptions {
  /** Trained weights that replace frozen ones, by parameter name; gradients reach these. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Given where the backbone is to run with its own dropout. */
  readonly dropout?: Dropout;
  /** `shift` if absent. */
  readonly positionOffset?: PositionOffset;
  /** `ptl` if absent. */
  readonly semantics?: Semantics;
  /**
   * Which tokens the last layer is to be run for: all real ones; the one that stands for its row,
   * which is an encoder's first real token and a decoder's last position; or those that the batch
   * marks, which may be virtual. `all` if absent, and always for an encoder-decoder. `positions` are
   * every one of the batch, virtual ones and padding included.
   */
  readonly read?: 'all' | 'summary' | 'marked' | 'positions';
  /**
   * Where to start; with the embeddings if absent. No layer below may have a prefix. An
   * encoder-decoder takes neither this nor `until`.
   */
  readonly from?: LayerInput;
  /**
   * The layer, counted from 0, whose input is asked for in place of the output: `[batch, sequence,
   * hidden]`, slots and padding included. A pass `from` there gives what one pass would.
   */
  readonly until?: number;
  /**
   * Whether each layer keeps its input alone and is run once more for its gradients: less memory, more
   * work. Gradients then reach the prompt and the input, not `weights`, and `dropout` must draw the same
   * at a place each time. Ignored by an encoder-decoder.
   */
  readonly recompute?: boolean;
}

/** A pretrained transformer with its tokenizer. Owns its weights until it is disposed. */
export interface Backbone extends FrozenBackbone, Disposable {
  readonly tokenizer: Tokenizer;
  /** Of the products with frozen weights. */
  readonly precision: Precision;
  /** Hash over the names, shapes and bytes of all weights. */
  readonly fingerprint: string;
  /** What the family's task models call a parameter, such as `bert.pooler.dense.weight`. */
  taskModelName(parameter: string): string;
  /** The head that the family uses for each task that it can do. */
  readonly heads: Readonly<Partial<Record<TaskKind, HeadGeometry>>>;
  /** The classifier that the checkpoint has, which `createModel({ head: 'checkpoint' })` starts from. */
  readonly checkpointHead: CheckpointHead | null;
  /**
   * The pretrained model's own layers that score its words; null where the checkpoint has none.
   */
  readonly vocabulary: VocabularyLayer | null;
  /**
   * The pretrained model's scores for each word of the vocabulary, `[rows, vocabulary]`, of hidden
   * states `[rows, hidden]`: a decoder's of the next word, an encoder's of the masked one; null where
   * the checkpoint has no head for it.
   */
  readonly vocabularyLogits: NonNullable<HeadGeometry['vocabularyLogits']> | null;
  /**
   * The current value of a frozen weight; borrowed, not to be disposed.
   *
   * @throws {@link PtlError} `PRECISION_UNSUPPORTED` if it is kept in bfloat16.
   */
  weight(name: string): Tensor;
  /**
   * Runs the transformer. Called inside a tidy.
   *
   * @returns `[batch, sequence, hidden]` of the real tokens: virtual positions are stripped, and
   *   `sequence` is the batch's less its slots, 1 where only a summary is read, or as many as marks.
   *   Only where `positions` are read nothing is stripped.
   *   Of an encoder-decoder, the decoder's for the positions of the batch's target, which it needs.
   * @throws {@link PtlError} `SHAPE_MISMATCH` if the prompt or {@link ForwardOptions.from} does not fit;
   *   `BACKBONE_UNSUPPORTED` for a part of an encoder-decoder's layers.
   */
  forward(batch: Batch, prompt: BackbonePrompt, options?: ForwardOptions): Tensor3D;
}
