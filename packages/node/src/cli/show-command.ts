import { type AdapterDescription, describeAdapter } from '@ptl/core';
import type { Terminal } from './terminal.ts';

const shownLabels = 20;

/** @throws {@link PtlError} if the folder holds no adapter that PTL reads. */
export async function showAdapter(folder: string, terminal: Terminal): Promise<void> {
  const described = await describeAdapter(folder);
  const rows: (readonly [string, string | null])[] = [
    ['method', described.method],
    ['prompt', `${described.promptLength} positions`],
    ['task', described.task],
    ['labels', labelText(described)],
    ['base model', described.baseModel ?? 'not written down'],
    ['weights', described.fingerprint && `sha256 ${described.fingerprint.slice(0, 12)}…`],
    ['numbers', String(described.tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0))],
    ['written by', described.writer],
    ['last scores', scoreText(described)],
    ['note', described.peftDifference],
  ];
  for (const [name, value] of rows) {
    if (value !== null) terminal.write(`${name.padEnd(12)} ${plain(value)}\n`);
  }
  terminal.write('tensors\n');
  for (const { name, shape } of described.tensors) {
    terminal.write(`  ${plain(name)} [${shape.join(', ')}]\n`);
  }
}

function labelText({ labels, numLabels }: AdapterDescription): string {
  if (numLabels === null) return 'no head';
  if (!labels) return `${numLabels}, without names`;
  const more = labels.length > shownLabels ? `, and ${labels.length - shownLabels} more` : '';
  return `${labels.length}: ${labels.slice(0, shownLabels).join(', ')}${more}`;
}

function scoreText({ scores }: AdapterDescription): string | null {
  const shown = Object.entries(scores ?? {}).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return shown.length > 0 ? shown.join(', ') : null;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A file's own words without characters that would move a terminal's cursor. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{FFFD}');
}
