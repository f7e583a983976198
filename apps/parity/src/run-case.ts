import { join } from 'node:path';
import { type Backbone, loadAdapter, type TunedModel } from '@ptl/core';
import type { Direction, LogitsOrFailure } from './compare-logits.ts';
import { createOwnModel } from './create-own-model.ts';
import { leftPadded } from './left-padded.ts';
import type { StoredCase } from './read-cases.ts';

/** An adapter that PEFT made, in PTL. */
interface ReadAdapter {
  readonly name: string;
  /** PTL's logits with it. */
  readonly logits: LogitsOrFailure;
  /** PEFT's. */
  readonly expected: LogitsOrFailure;
}

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
  readonly read: readonly ReadAdapter[];
  readonly written: readonly WrittenAdapter[];
}

/** A case with its rows padded on one side. */
interface Side {
  readonly name: string;
  /** What PEFT's keys end in. */
  readonly suffix: string;
  readonly backbone: Backbone;
  readonly expected: LogitsOrFailure;
}

/** Reads PEFT's adapter, writes it back, and writes one of PTL's own where PTL has the method. */
export async function runCase(
  stored: StoredCase,
  backbone: Backbone,
  root: string,
): Promise<RanCase> {
  const sides: Side[] = [{ name: stored.name, suffix: '', backbone, expected: stored.logits }];
  if (stored.leftPadded) {
    const name = `${stored.name}, left-padded`;
    const moved = leftPadded(backbone);
    sides.push({ name, suffix: '/left', backbone: moved, expected: stored.leftPadded });
  }
  const ran: RanCase[] = [];
  for (const side of sides) ran.push(await runSide(stored, side, root));
  return {
    read: ran.flatMap(({ read }) => read),
    written: ran.flatMap(({ written }) => written),
  };
}

async function runSide(
  stored: StoredCase,
  { name, suffix, backbone, expected }: Side,
  root: string,
): Promise<RanCase> {
  const { rows, taskIndex } = stored;
  const folder = join(root, 'cases', stored.name);
  const options = taskIndex === null ? {} : { taskIndex };
  using loaded = await loadAdapter(backbone, join(folder, 'peft'), options);
  const logits = await logitsOf(loaded, rows);
  await loaded.save(join(folder, 'again'), { exportPeft: 'required' });
  const again: WrittenAdapter = {
    name,
    direction: 'PEFT to PTL to PEFT',
    key: `${stored.name}/again${suffix}`,
    logits,
  };
  const read = [{ name, logits, expected }];
  using own = createOwnModel(stored, backbone);
  if (!own) return { read, written: [again] };
  await own.save(join(folder, 'ptl'), { exportPeft: 'required' });
  const written: WrittenAdapter = {
    name,
    direction: 'PTL to PEFT',
    key: `${stored.name}/ptl${suffix}`,
    logits: await logitsOf(own, rows),
  };
  return { read, written: [written, again] };
}

async function logitsOf(
  model: TunedModel,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<LogitsOrFailure> {
  return (await model.logits(rows)).map(({ values }) => values);
}
