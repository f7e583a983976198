import { createHash } from 'node:crypto';
import type { DataSet } from '../data/data-set.ts';
import type { RunIdentity } from './run-record.ts';

/** SHA-256 of a run's identity, whatever the order of its keys. */
export function fingerprint(identity: RunIdentity): string {
  return sha256(identity);
}

/** SHA-256 over what a data set holds: its labels and the rows of each part, in their order. */
export function dataHash({ kind, labels, train, development, test }: DataSet): string {
  return sha256({ kind, labels, train, development, test });
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
