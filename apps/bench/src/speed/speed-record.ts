import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { writeFileAtomically } from '../records/write-file.ts';

const recordSchema = z.object({
  part: z.string(),
  /** What was measured with, and the day. */
  made: z.string(),
  table: z.object({
    title: z.string(),
    about: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())),
    picture: z.object({ file: z.string() }).optional(),
  }),
});

/** What one part of the measurements found, as it is stored. */
export type SpeedRecord = z.output<typeof recordSchema>;

/** Reads what was measured before; nothing where there is no such file, or none of ours. */
export async function readRecords(path: string): Promise<SpeedRecord[]> {
  try {
    return z.array(recordSchema).parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return [];
  }
}

/** Writes records, of which those of a part measured anew take the place of the older ones. */
export async function addRecords(
  path: string,
  added: readonly SpeedRecord[],
  order: readonly string[],
): Promise<SpeedRecord[]> {
  const fresh = new Set(added.map(({ part }) => part));
  const kept = (await readRecords(path)).filter(({ part }) => !fresh.has(part));
  const all = [...kept, ...added].sort(
    (one, other) => order.indexOf(one.part) - order.indexOf(other.part),
  );
  await writeFileAtomically(path, `${JSON.stringify(all, null, 2)}\n`);
  return all;
}
