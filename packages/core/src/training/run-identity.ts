import type { Trainable } from '../trainer/trainable.ts';
import type { TrainSettings } from './train-options.ts';

/**
 * What decides the course of a run, key by key, as text: a run goes on from a checkpoint only
 * where all of it is the same. Data count by their hash.
 */
export async function runIdentity(
  model: Pick<Trainable, 'description'>,
  settings: TrainSettings,
  rows: { readonly train: readonly unknown[]; readonly validation: readonly unknown[] },
): Promise<Record<string, string>> {
  const { checkpoint: _place, ...deciding } = settings;
  const options = Object.entries(deciding).map(([key, value]) => [key, JSON.stringify(value)]);
  const described = Object.entries(model.description).map(([key, value]) => [
    `model.${key}`,
    JSON.stringify(value) ?? 'undefined',
  ]);
  return {
    ...Object.fromEntries([...options, ...described]),
    'rows.train': await digest(rows.train),
    'rows.validation': await digest(rows.validation),
  };
}

async function digest(rows: readonly unknown[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(rows));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
  return `${rows.length} rows, ${hex.join('')}`;
}
