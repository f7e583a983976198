import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import type { BackboneGeometry, BackboneParameter } from '../contract/frozen-backbone.ts';
import type { TaskKind } from '../contract/method.ts';
import type { BackbonePrompt, LayerPrefix } from '../contract/prompt.ts';
import type { HeadGeometry, VocabularyLayer } from '../task/head.ts';
import type { ForwardOptions } from './backbone.ts';

/** The transformer of a backbone: its weights and the walk through them. */
export interface Network extends Disposable {
  readonly geometry: Omit<BackboneGeometry, 'id'>;
  readonly parameters: readonly BackboneParameter[];
  readonly heads: Readonly<Partial<Record<TaskKind, HeadGeometry>>>;
  /** Null where the checkpoint has no layers to score its vocabulary with. */
  readonly vocabulary: VocabularyLayer | null;
  /** What the family's task models call a parameter. */
  taskModelName(parameter: string): string;
  /** Borrowed, not to be disposed. */
  weight(name: string): Tensor;
  /** `[vocabulary, embeddingSize]`, scaled as they enter the model. Called inside a tidy. */
  wordEmbeddings(): Tensor2D;
  /**
   * Keys and values of each layer for the only row of a batch; of the encoder where there are two
   * halves. Called inside a tidy.
   */
  keysAndValues(batch: Batch): LayerPrefix[];
  forward(batch: Batch, prompt: BackbonePrompt, options: ForwardOptions): Tensor3D;
}
