import * as z from 'zod';

const initializationError = 'Expected "random", "zero" or { text: "some words" }';

/** The settings of prefix-tuning. */
export const prefixConfigSchema = z.strictObject({
  /**
   * Positions put in front of the keys and values of every attention layer. Li & Liang use 5 to 10
   * for table-to-text and 100 to 200 for summarization.
   */
  prefixLength: z.int().positive().default(10),
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
