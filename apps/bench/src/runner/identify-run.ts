import { createRequire } from 'node:module';
import { dataHash } from '../records/fingerprint.ts';
import type { RunIdentity } from '../records/run-record.ts';
import type { BenchContext } from './bench-context.ts';
import type { PlannedRun } from './plan.ts';

const { version: ptlVersion } = createRequire(import.meta.url)('@ptl/core/package.json') as {
  readonly version: string;
};

/** Collects what decides the outcome of a run. */
export function identifyRun(
  { dataSet, method, seed, experiment, procedure }: PlannedRun,
  { backbone, engine }: Pick<BenchContext, 'backbone' | 'engine'>,
): RunIdentity {
  return {
    task: dataSet.name,
    kind: dataSet.kind,
    method,
    seed,
    config: {
      method: experiment?.method ?? {},
      training: experiment && { ...experiment.training },
    },
    ...(procedure && { procedure: { name: procedure.name, settings: procedure.settings } }),
    backbone: { id: backbone.geometry.id, fingerprint: backbone.fingerprint },
    dataHash: dataHash(dataSet),
    versions: { ptl: ptlVersion, engine: engineOf(engine, backbone) },
  };
}

function engineOf(
  { engine, version }: BenchContext['engine'],
  { precision }: BenchContext['backbone'],
): string {
  return `${engine} ${version}${precision === 'float32' ? '' : `, ${precision}`}`;
}
