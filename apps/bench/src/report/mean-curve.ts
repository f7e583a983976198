import type { CurvePoint } from '../records/run-record.ts';
import { mean } from './statistics.ts';

/** Where a curve stands at one epoch. */
export interface EpochValue {
  readonly epoch: number;
  readonly value: number;
}

/** Reads one quantity off each point of a curve. */
export function curveOf(
  points: readonly CurvePoint[],
  read: (point: CurvePoint) => number,
): EpochValue[] {
  return points.map((point) => ({ epoch: point.epoch, value: read(point) }));
}

/**
 * The mean of several curves, at the epochs that all of them have: further on, where some have
 * ended, a mean over the rest would jump.
 */
export function meanCurve(curves: readonly (readonly EpochValue[])[]): EpochValue[] {
  const valuesAt = new Map<number, number[]>();
  for (const { epoch, value } of curves.flat()) {
    valuesAt.set(epoch, [...(valuesAt.get(epoch) ?? []), value]);
  }
  return [...valuesAt]
    .filter(([, values]) => values.length === curves.length)
    .map(([epoch, values]) => ({ epoch, value: mean(values) }))
    .sort((left, right) => left.epoch - right.epoch);
}
