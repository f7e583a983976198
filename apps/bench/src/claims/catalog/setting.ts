import type { TrainingSettings } from '../../experiments/training-settings.ts';
import type { Setting, Side } from '../claim.ts';
import type { ClaimData } from '../data/claim-data.ts';

/** A method on data as its settings there have it, but for what is given. */
export function setting(
  data: ClaimData,
  method: string,
  config: Readonly<Record<string, unknown>> = {},
  training: Partial<TrainingSettings> = {},
): Setting {
  return { data, method, departures: { method: config, training } };
}

/** A side of one setting. */
export function side(label: string, ...what: Parameters<typeof setting>): Side {
  return { label, settings: [setting(...what)] };
}
