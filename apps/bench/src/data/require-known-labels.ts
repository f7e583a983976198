import { PtlError, suggestName } from '@ptl/core';
import type { Located } from './parsed-file.ts';
import type { RowShape } from './row-shape.ts';

/** Labels that a message lists before it only counts. */
const listed = 20;

/**
 * Checks that a part has no label that train does not know.
 *
 * @throws {@link PtlError} `LABEL_UNKNOWN`, listing each with the line where it first occurs.
 */
export function requireKnownLabels<Row>(
  rows: readonly Located<Row>[],
  shape: RowShape<Row>,
  known: readonly string[],
  file: string,
): void {
  const knownSet = new Set(known);
  const firstLines = new Map<string, number>();
  for (const { row, line } of rows) {
    for (const label of shape.labelsOf(row)) {
      if (!(knownSet.has(label) || firstLines.has(label))) firstLines.set(label, line);
    }
  }
  const [first] = firstLines;
  if (!first) return;
  const [label, line] = first;
  const unknown = [...firstLines].map(([name, at]) => `"${name}" (line ${at})`);
  const hint = firstLines.size === 1 ? suggestName(label, known) : '';
  throw new PtlError(
    'LABEL_UNKNOWN',
    `${file}:${line}: Train never has ${shorten(unknown)}.${hint} Known: ${shorten(known)}.`,
    { label, known },
  );
}

function shorten(names: readonly string[]): string {
  const rest = names.length - listed;
  const shown = names.slice(0, listed).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
