import * as z from 'zod';
import type { Backbone } from '../backbone/backbone.ts';
import { parseConfig } from '../contract/config-schema.ts';
import { AdapterShelf } from './adapter-shelf.ts';
import type { AdapterSources } from './adapter-source.ts';
import { Predictor } from './predictor.ts';

export interface PredictorOptions<Sources extends AdapterSources = AdapterSources> {
  /** What all adapters were trained on. Stays the caller's. */
  readonly backbone: Backbone;
  /** Adapters by name: folders of PTL's or PEFT's, and models. */
  readonly adapters?: Sources;
  /** Rows of one forward pass, at most; a row of choices counts as many as it has. 32 if absent. */
  readonly batchSize?: number;
  /** Most adapters of folders in memory at once; models stay. 256 if absent. */
  readonly maxResidentAdapters?: number;
}

const settingsSchema = z.strictObject({
  batchSize: z.int().positive().default(32),
  maxResidentAdapters: z.int().positive().default(256),
});

/**
 * Serves many adapters of one backbone: rows for any of them in one batch.
 *
 * Folders are read when their first row comes, models are copied at once.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`; `BACKBONE_MISMATCH` for a model of another backbone.
 */
export function createPredictor<const Sources extends AdapterSources>({
  backbone,
  adapters,
  ...settings
}: PredictorOptions<Sources>): Predictor<Sources> {
  const { batchSize, maxResidentAdapters } = parseConfig(
    'createPredictor',
    settingsSchema,
    settings,
  );
  const shelf = new AdapterShelf(backbone, maxResidentAdapters);
  try {
    for (const [name, source] of Object.entries(adapters ?? {})) shelf.put(name, source);
  } catch (error) {
    shelf[Symbol.dispose]();
    throw error;
  }
  return new Predictor({ backbone, shelf, batchSize });
}
