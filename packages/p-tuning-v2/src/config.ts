import { layerChoiceSchema, type Presets } from '@ptl/core';
import * as z from 'zod';

const positions = z.int().positive();

/** The settings of P-tuning v2. */
export const pTuningV2ConfigSchema = z.strictObject({
  /**
   * Positions put in front of the keys and values of every attention layer; one number, one for each
   * layer that has a prompt, lowest layer first, or one for each kind of task. Liu et al. use 8 to 40
   * for most classification tasks, most often 20 on BERT, 11 to 144 for entities, of which 32 lies
   * between their two settings for OntoNotes, and 8 or 16 for SQuAD and COPA. They write no texts; 10
   * is Li and Liang's for that.
   */
  promptLength: z
    .union(
      [
        positions,
        z.array(positions).min(1),
        z.strictObject({
          'sequence-classification': positions.default(20),
          'token-classification': positions.default(32),
          'causal-language-modeling': positions.default(10),
          'sequence-to-sequence': positions.default(10),
          'question-answering': positions.default(16),
          'multiple-choice': positions.default(16),
        }),
      ],
      { error: 'Expected a positive whole number, or one for each layer or kind of task' },
    )
    .prefault({}),
  /**
   * Layers that have a prompt: `all`, `{ first: 2 }`, `{ last: 2 }`, or those of a list such as
   * `[3, 5]`, counted from 0 at the bottom. Liu et al. find prompts in deeper layers better than as
   * many in lower ones. Without `frozenDropout`, nothing below the lowest of them is computed twice
   * for a row in training.
   */
  layers: layerChoiceSchema.default('all'),
  /**
   * Whether the prompt of each layer is multiplied by a trained number of its own, which starts at 1:
   * the layer weights of Zhang et al. (2023), arXiv:2305.15212.
   */
  layerGates: z.boolean().default(false),
  /**
   * Trains the prompt through a two-layer MLP with `hiddenSize` units, which is dropped after
   * training; `null` trains the prompt itself. Off in all but one of Liu et al.'s settings, and
   * 512 units in that one.
   */
  reparameterization: z
    .strictObject({ hiddenSize: z.int().positive().default(512) })
    .nullable()
    .default(null),
  /**
   * Share of the prompt's keys and values that is zeroed in each training step, in [0, 1). Liu et
   * al. use 0.1, and 0.2 for two tasks.
   */
  dropout: z.number().min(0).lt(1).default(0.1),
  /** Standard deviation of the values that training starts from. 0.02 in Liu et al.'s code. */
  standardDeviation: z.number().positive().default(0.02),
  /** Whether the frozen backbone runs with its own dropout in training. On in Liu et al.'s code. */
  frozenDropout: z.boolean().default(true),
});

/** A validated config, with its defaults filled in. */
export type PTuningV2Config = z.output<typeof pTuningV2ConfigSchema>;

/**
 * Settings of Liu et al.'s scripts for BERT-large and RoBERTa-large, of one data set for each kind of
 * task: short prompts for simple classification, long ones for tags. For smaller backbones and data,
 * where to start a search.
 */
export const pTuningV2Presets = {
  /** RTE on BERT-large: `run_rte_bert.sh`. */
  'sequence-classification': {
    config: { promptLength: 20, dropout: 0.1 },
    training: { epochs: 60, batchSize: 32, learningRate: 1e-2, schedule: 'linear' },
  },
  /** CoNLL04 on BERT-large: `run_conll04_bert.sh`. Takes 128 of the backbone's positions. */
  'token-classification': {
    config: { promptLength: 128, dropout: 0.2 },
    training: { epochs: 40, batchSize: 32, learningRate: 2e-2, schedule: 'exponential' },
  },
  /** SQuAD 1.1 on RoBERTa-large: `run_squad_roberta.sh`. */
  'question-answering': {
    config: { promptLength: 16, dropout: 0.2 },
    training: { epochs: 30, batchSize: 8, learningRate: 5e-3, schedule: 'exponential' },
  },
  /** COPA on BERT-large: `run_copa_bert.sh`. */
  'multiple-choice': {
    config: { promptLength: 16, dropout: 0.1 },
    training: { epochs: 80, batchSize: 16, learningRate: 1e-2, schedule: 'linear' },
  },
} as const satisfies Presets<z.input<typeof pTuningV2ConfigSchema>>;
