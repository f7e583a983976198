import type { TaskKind } from '../../contract/method.ts';
import type { TrainOptions } from './train-options.ts';

/** Settings of a paper, or of its code, for one kind of task. */
export interface Preset<Config> {
  /** For `createModel`. */
  readonly config: Config;
  /** For `train`, to be spread into its options. */
  readonly training: Pick<
    TrainOptions,
    | 'epochs'
    | 'maxSteps'
    | 'batchSize'
    | 'gradientAccumulation'
    | 'learningRate'
    | 'optimizer'
    | 'schedule'
  >;
}

/** The presets of a method, by the kind of task, or for tasks that read a word at a mask. */
export type Presets<Config> = Readonly<
  Partial<Record<TaskKind | 'verbalized-classification', Preset<Config>>>
>;
