import { join } from 'node:path';
import { type Backbone, loadAdapter, type TunedModel } from '@ptl/core';
import type { Direction, LogitsOrFailure } from './compare-logits.ts';
import { createOwnModel } from './create-own-model.ts';
import type { StoredCase } from './read-cases.ts';

/** An adapter that PTL wrote, for PEFT to read. */
export interface WrittenAdapter {
  readonly name: string;
  readonly direction: Direction;
  /** What PEFT calls its result. */
  readonly key: string;
  /** PTL's own. */
  readonly logits: LogitsOrFailure;
}

export interface RanCase {
  /** PTL's logits with PEFT's adapter. */
  readonly read: LogitsOrFailure;
  readonly written: readonly WrittenAdapter[];
}

/** Reads PEFT's adapter, writes it back, and writes one of PTL's own where PTL has the method. */
export async function runCase(
  stored: StoredCase,
  backbone: Backbone,
  root: string,
): Promise<RanCase> {
  const { name, rows, taskIndex } = stored;
  const folder = join(root, 'cases', name);
  const options = taskIndex === null ? {} : { taskIndex };
  using loaded = await loadAdapter(backbone, join(folder, 'peft'), options);
  const read = await logitsOf(loaded, rows);
  await loaded.save(join(folder, 'again'), { exportPeft: 'required' });
  const again = {
    name,
    direction: 'PEFT to PTL to PEFT',
    key: `${name}/again`,
    logits: read,
  } as const;
  using own = createOwnModel(stored, backbone);
  if (!own) return { read, written: [again] };
  await own.save(join(folder, 'ptl'), { exportPeft: 'required' });
  const logits = await logitsOf(own, rows);
  return {
    read,
    written: [{ name, direction: 'PTL to PEFT', key: `${name}/ptl`, logits }, again],
  };
}

async function logitsOf(
  model: TunedModel,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<LogitsOrFailure> {
  return (await model.logits(rows)).map(({ values }) => values);
}
