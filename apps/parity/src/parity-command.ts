import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineName, useEngine } from '@ptl/node';
import { type Comparison, compareLogits } from './compare-logits.ts';
import { openModels } from './open-models.ts';
import { parityPage } from './parity-page.ts';
import { readCases, readResults } from './read-cases.ts';
import { runCase, type WrittenAdapter } from './run-case.ts';
import { runPython } from './run-python.ts';
import type { Terminal } from './terminal.ts';

export interface ParityOptions {
  readonly python: string;
  /** The Markdown file that is written. */
  readonly out: string;
  /** Null for the best there is. */
  readonly engine: EngineName | null;
}

/** Compares every case both ways, one line each. Resolves to whether all of them agree. */
export async function parityCommand(
  { python, out, engine }: ParityOptions,
  terminal: Terminal,
): Promise<boolean> {
  const say = (line: string): void => terminal.error(`${line}\n`);
  const used = await useEngine({ ...(engine ? { engine } : {}), onMessage: say });
  const folder = await mkdtemp(join(tmpdir(), 'ptl-parity-'));
  try {
    await runPython(python, { script: 'parity.py', command: 'make', folder });
    const { versions, cases, refusals } = await readCases(folder);
    const comparisons: Comparison[] = [];
    using models = openModels(folder);
    const written: WrittenAdapter[] = [];
    for (const stored of cases) {
      const ran = await runCase(stored, await models.get(stored.family), folder);
      for (const { name, logits, expected } of ran.read) {
        comparisons.push(compareLogits(name, 'PEFT to PTL', logits, expected));
      }
      written.push(...ran.written);
    }
    await runPython(python, { script: 'parity.py', command: 'read', folder });
    const results = await readResults(folder);
    for (const { name, key, direction, logits } of written) {
      comparisons.push(compareLogits(name, direction, results[key] ?? 'PEFT read nothing', logits));
    }
    const made = { ...versions, [`PTL on ${used.engine}`]: used.version };
    const page = parityPage(comparisons, made, refusals);
    terminal.write(page.lines);
    await writeFile(out, page.markdown);
    return page.failures === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
