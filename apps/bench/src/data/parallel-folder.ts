import { join } from 'node:path';
import { type ParallelFile, parseParallelLabels, parseParallelTags } from '@ptl/core';
import type { PartSource } from './data-source.ts';
import { locate } from './parsed-file.ts';
import { readText } from './read-text.ts';

/** Sentences with intents: `seq.in` and `label`, line by line. */
export function intentsFolder(folder: string): PartSource {
  return {
    file: folder,
    async read() {
      const { left, right, notes } = await readPair(folder, 'label');
      const rows = locate(parseParallelLabels(left, right));
      return { kind: 'sequence-classification', rows, file: right.file, notes };
    },
  };
}

/** Sentences with tags: `seq.in` and `seq.out`, line by line. */
export function slotsFolder(folder: string): PartSource {
  return {
    file: folder,
    async read() {
      const { left, right, notes } = await readPair(folder, 'seq.out');
      const rows = locate(parseParallelTags(left, right));
      return { kind: 'token-classification', rows, file: right.file, notes };
    },
  };
}

interface FilePair {
  readonly left: ParallelFile;
  readonly right: ParallelFile;
  readonly notes: readonly string[];
}

async function readPair(folder: string, name: string): Promise<FilePair> {
  const [leftFile, rightFile] = [join(folder, 'seq.in'), join(folder, name)];
  const [left, right] = await Promise.all([readText(leftFile), readText(rightFile)]);
  return {
    left: { file: leftFile, text: left.text },
    right: { file: rightFile, text: right.text },
    notes: [...left.notes, ...right.notes],
  };
}
