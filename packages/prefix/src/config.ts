import { layerChoiceSchema, type Presets } from '@ptl/core';
import * as z from 'zod';

const positions = z.int().positive();
const initializationError = 'Expected "random", "zero" or { text: "some words" }';

/** The settings of prefix-tuning. */
export const prefixConfigSchema = z.strictObject({
  /**
   * Positions put in front of the keys and values of every attention layer; one number, or one for
   * each layer that has a prefix, lowest layer first. Li & Liang use 5 to 10 for table-to-text and
   * 100 to 200 for summarization.
   */
  prefixLength: z
    .union([positions, z.array(positions).min(1)], {
      error: 'Expected a positive whole number, or one for each layer that has a prefix',
    })
    .default(10),
  /**
   * Layers that have a prefix: `all`, `{ first: 2 }`, `{ last: 2 }`, or those of a list such as
   * `[3, 5]`, counted from 0 at the bottom. Nothing below the lowest of them is computed twice for a
   * row in training.
   */
  layers: layerChoiceSchema.default('all'),
  /**
   * Whether the prefix of each layer is multiplied by a trained number of its own, which starts at 1:
   * the layer weights of Zhang et al. (2023), arXiv:2305.15212.
   */
  layerGates: z.boolean().default(false),
  /**
   * Trains the prefix through a two-layer MLP with `hiddenSize` units, which is dropped after
   * training; `null` trains the prefix itself. Li & Liang use 512 units, and 800 for summarization.
   */
  reparameterization: z
    .strictObject({ hiddenSize: z.int().positive().default(512) })
    .nullable()
    .prefault({}),
  /**
   * Share of the prefix's keys and values that is zeroed in each training step, in [0, 1). 0 in
   * Li & Liang's code.
   */
  dropout: z.number().min(0).lt(1).default(0),
  /**
   * Where training starts: `random`; `zero` keys and values; or the keys and values that the frozen
   * backbone computes for a text, repeated or cut to `prefixLength` tokens, which Li & Liang advise
   * for small data.
   */
  initialization: z
    .union([z.enum(['random', 'zero']), z.strictObject({ text: z.string().trim().min(1) })], {
      error: initializationError,
    })
    .default('random'),
  /**
   * The attention that gets prefixes: the `encoder`'s and the `decoder`'s own, and `cross`, from
   * decoder to encoder; each has a prefix and an MLP of its own. `null` for all that the backbone
   * has, as in Li & Liang's code for BART. PEFT reads the `decoder`'s alone.
   */
  sites: z
    .array(z.enum(['encoder', 'decoder', 'cross']))
    .min(1)
    .refine((sites) => new Set(sites).size === sites.length, 'Each site can be named once.')
    .nullable()
    .default(null),
  /** Whether the frozen backbone runs with its own dropout in training. Off in Li & Liang's code. */
  frozenDropout: z.boolean().default(false),
});

/** A validated config, with its defaults filled in. */
export type PrefixConfig = z.output<typeof prefixConfigSchema>;

/**
 * Settings of Li & Liang for GPT-2 and BART-large: short prefixes for texts from tables, long ones
 * for summaries. Their rate is small because a whole MLP is trained.
 */
export const prefixPresets = {
  /** Texts from tables, DART on GPT-2: table 5 of their appendix. */
  'causal-language-modeling': {
    config: { prefixLength: 10, reparameterization: { hiddenSize: 512 } },
    training: { epochs: 10, batchSize: 5, learningRate: 5e-5, schedule: 'linear' },
  },
  /** Summaries, XSUM on BART-large: the command in their README, where table 5 has a length of 100. */
  'sequence-to-sequence': {
    config: { prefixLength: 200, reparameterization: { hiddenSize: 800 } },
    training: {
      epochs: 30,
      batchSize: 16,
      gradientAccumulation: 3,
      learningRate: 5e-5,
      schedule: 'linear',
    },
  },
} as const satisfies Presets<z.input<typeof prefixConfigSchema>>;
