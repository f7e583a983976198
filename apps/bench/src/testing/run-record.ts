import type { RunRecord } from '../records/run-record.ts';

export interface RecordFacts {
  readonly task?: string;
  readonly kind?: RunRecord['identity']['kind'];
  readonly method: string;
  readonly seed?: number;
  /** On test, as a share. */
  readonly score: number;
  /** On development, one for each epoch, as shares. */
  readonly curve?: readonly number[];
}

/** Makes the record of a run that never was. */
export function makeRecord(facts: RecordFacts): RunRecord {
  const { task = 'intents', kind = 'sequence-classification', method, seed = 0, score } = facts;
  const curve = (facts.curve ?? []).map((accuracy, index) => ({
    step: (index + 1) * 5,
    epoch: index + 1,
    trainLoss: 1 - accuracy,
    developmentLoss: 1.1 - accuracy,
    scores: { accuracy },
  }));
  const last = curve.at(-1);
  const place = last ? { step: last.step, epoch: last.epoch } : null;
  return {
    version: 1,
    fingerprint: 'a'.repeat(64),
    identity: {
      task,
      kind,
      method,
      seed,
      config: { method: { promptLength: 20 }, training: place && { learningRate: 0.01 } },
      backbone: { id: 'tiny', fingerprint: 'tiny' },
      dataHash: 'b'.repeat(64),
      versions: { ptl: '0.1.0', engine: 'tensorflow 2.21.0' },
    },
    environment: { node: 'v20.19.0', platform: 'linux-x64', threads: 2, device: 'cpu' },
    data: {
      rows: { train: 80, development: 20, test: 106 },
      labels: 2,
      notes: ['Split by <seed>'],
    },
    parameters: { trainable: 147456, stored: 148226 },
    curve,
    best: place,
    last: place,
    test: { loss: place && 0.4, scores: { accuracy: score } },
    primaryMetric: 'accuracy',
    millisecondsPerStep: place && 12.34,
    totalMilliseconds: 4321,
    truncatedRows: 0,
    finishedAt: '2026-01-02T03:04:05.000Z',
  };
}
